/**
 * The words of groups, in each language: planning them, working in them, coming back.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type GroupKey =
  | "c.group"
  | "c.groups"
  | "c.groups-end"
  | "s.group-here"
  | "s.choose-group"
  | "s.join-group"
  | "s.come-back"
  | "s.group-wait"
  | "t.groups-how"
  | "t.groups-n"
  | "t.strategy.random"
  | "t.strategy.balanced"
  | "t.strategy.by-hand"
  | "t.strategy.self-selected"
  | "t.groups-plan"
  | "t.groups-again"
  | "t.groups-min"
  | "t.groups-open"
  | "t.groups-drop"
  | "t.groups-announce"
  | "t.groups-tell"
  | "t.groups-recall"
  | "t.groups-recall-sure"
  | "t.groups-ask"
  | "t.groups-no-place"
  | "t.groups-move"
  | "t.groups.planned"
  | "t.groups.split"
  | "t.groups.closing"
  | "t.groups.merging";

export const GROUP_WORDS: Readonly<Record<Language, Readonly<Record<GroupKey, string>>>> = {
  en: {
    "c.group": "Group {name}",
    "c.groups": "Groups",
    "c.groups-end": "Group time left",
    "s.group-here": "In your group: {n}",
    "s.choose-group": "Choose your group",
    "s.join-group": "Join group {name}",
    "s.come-back": "Group work is over. Come back to the class.",
    "s.group-wait": "Your teacher is making groups.",
    "t.groups-how": "How to make groups",
    "t.groups-n": "Number of groups",
    "t.strategy.random": "At random",
    "t.strategy.balanced": "Balanced by points",
    "t.strategy.by-hand": "By hand",
    "t.strategy.self-selected": "Everybody chooses",
    "t.groups-plan": "Plan groups",
    "t.groups-again": "Plan again",
    "t.groups-min": "Minutes, or empty",
    "t.groups-open": "Open groups",
    "t.groups-drop": "Drop the plan",
    "t.groups-announce": "Announcement to all groups",
    "t.groups-tell": "Tell groups",
    "t.groups-recall": "Call everybody back",
    "t.groups-recall-sure": "Call everybody back? The groups have one more minute.",
    "t.groups-ask": "Question for group {name}",
    "t.groups-no-place": "No group yet",
    "t.groups-move": "Group of {name}",
    "t.groups.planned": "Planned",
    "t.groups.split": "In groups",
    "t.groups.closing": "Coming to an end",
    "t.groups.merging": "Coming back",
  },
  es: {
    "c.group": "Grupo {name}",
    "c.groups": "Grupos",
    "c.groups-end": "Tiempo de grupo restante",
    "s.group-here": "En tu grupo: {n}",
    "s.choose-group": "Elige tu grupo",
    "s.join-group": "Unirse al grupo {name}",
    "s.come-back": "El trabajo en grupo terminó. Vuelve con la clase.",
    "s.group-wait": "Tu docente está formando los grupos.",
    "t.groups-how": "Cómo formar los grupos",
    "t.groups-n": "Número de grupos",
    "t.strategy.random": "Al azar",
    "t.strategy.balanced": "Equilibrados por puntos",
    "t.strategy.by-hand": "A mano",
    "t.strategy.self-selected": "Cada cual elige",
    "t.groups-plan": "Planear grupos",
    "t.groups-again": "Planear de nuevo",
    "t.groups-min": "Minutos, o vacío",
    "t.groups-open": "Abrir los grupos",
    "t.groups-drop": "Descartar el plan",
    "t.groups-announce": "Anuncio a todos los grupos",
    "t.groups-tell": "Avisar a los grupos",
    "t.groups-recall": "Llamar a todos",
    "t.groups-recall-sure": "¿Llamar a todos? Los grupos tienen un minuto más.",
    "t.groups-ask": "Pregunta para el grupo {name}",
    "t.groups-no-place": "Aún sin grupo",
    "t.groups-move": "Grupo de {name}",
    "t.groups.planned": "Planeados",
    "t.groups.split": "En grupos",
    "t.groups.closing": "Terminando",
    "t.groups.merging": "Volviendo",
  },
  de: {
    "c.group": "Gruppe {name}",
    "c.groups": "Gruppen",
    "c.groups-end": "Gruppenzeit übrig",
    "s.group-here": "In deiner Gruppe: {n}",
    "s.choose-group": "Wähle deine Gruppe",
    "s.join-group": "Gruppe {name} beitreten",
    "s.come-back": "Die Gruppenarbeit ist vorbei. Komm zurück zur Klasse.",
    "s.group-wait": "Deine Lehrkraft bildet Gruppen.",
    "t.groups-how": "Wie Gruppen gebildet werden",
    "t.groups-n": "Anzahl der Gruppen",
    "t.strategy.random": "Zufällig",
    "t.strategy.balanced": "Ausgeglichen nach Punkten",
    "t.strategy.by-hand": "Von Hand",
    "t.strategy.self-selected": "Alle wählen selbst",
    "t.groups-plan": "Gruppen planen",
    "t.groups-again": "Neu planen",
    "t.groups-min": "Minuten oder leer",
    "t.groups-open": "Gruppen öffnen",
    "t.groups-drop": "Plan verwerfen",
    "t.groups-announce": "Ansage an alle Gruppen",
    "t.groups-tell": "Den Gruppen sagen",
    "t.groups-recall": "Alle zurückrufen",
    "t.groups-recall-sure": "Alle zurückrufen? Die Gruppen haben noch eine Minute.",
    "t.groups-ask": "Frage für Gruppe {name}",
    "t.groups-no-place": "Noch ohne Gruppe",
    "t.groups-move": "Gruppe von {name}",
    "t.groups.planned": "Geplant",
    "t.groups.split": "In Gruppen",
    "t.groups.closing": "Kommt zum Ende",
    "t.groups.merging": "Kommt zurück",
  },
  fr: {
    "c.group": "Groupe {name}",
    "c.groups": "Groupes",
    "c.groups-end": "Temps de groupe restant",
    "s.group-here": "Dans ton groupe : {n}",
    "s.choose-group": "Choisis ton groupe",
    "s.join-group": "Rejoindre le groupe {name}",
    "s.come-back": "Le travail de groupe est fini. Reviens avec la classe.",
    "s.group-wait": "Ton enseignant forme les groupes.",
    "t.groups-how": "Comment former les groupes",
    "t.groups-n": "Nombre de groupes",
    "t.strategy.random": "Au hasard",
    "t.strategy.balanced": "Équilibrés par points",
    "t.strategy.by-hand": "À la main",
    "t.strategy.self-selected": "Chacun choisit",
    "t.groups-plan": "Préparer les groupes",
    "t.groups-again": "Préparer à nouveau",
    "t.groups-min": "Minutes, ou vide",
    "t.groups-open": "Ouvrir les groupes",
    "t.groups-drop": "Abandonner ce plan",
    "t.groups-announce": "Annonce à tous les groupes",
    "t.groups-tell": "Dire aux groupes",
    "t.groups-recall": "Rappeler tout le monde",
    "t.groups-recall-sure": "Rappeler tout le monde ? Les groupes ont encore une minute.",
    "t.groups-ask": "Question pour le groupe {name}",
    "t.groups-no-place": "Pas encore de groupe",
    "t.groups-move": "Groupe de {name}",
    "t.groups.planned": "Préparés",
    "t.groups.split": "En groupes",
    "t.groups.closing": "Bientôt fini",
    "t.groups.merging": "De retour",
  },
  ar: {
    "c.group": "المجموعة {name}",
    "c.groups": "المجموعات",
    "c.groups-end": "الوقت المتبقي للمجموعة",
    "s.group-here": "في مجموعتك: {n}",
    "s.choose-group": "اختر مجموعتك",
    "s.join-group": "الانضمام إلى المجموعة {name}",
    "s.come-back": "انتهى عمل المجموعات. عد إلى الصف.",
    "s.group-wait": "معلمك يكوّن المجموعات.",
    "t.groups-how": "طريقة تكوين المجموعات",
    "t.groups-n": "عدد المجموعات",
    "t.strategy.random": "عشوائيًا",
    "t.strategy.balanced": "متوازنة حسب النقاط",
    "t.strategy.by-hand": "يدويًا",
    "t.strategy.self-selected": "كل واحد يختار",
    "t.groups-plan": "خطط المجموعات",
    "t.groups-again": "خطط من جديد",
    "t.groups-min": "دقائق، أو فارغ",
    "t.groups-open": "افتح المجموعات",
    "t.groups-drop": "ألغ الخطة",
    "t.groups-announce": "إعلان لكل المجموعات",
    "t.groups-tell": "أخبر المجموعات",
    "t.groups-recall": "استدع الجميع",
    "t.groups-recall-sure": "استدعاء الجميع؟ أمام المجموعات دقيقة أخرى.",
    "t.groups-ask": "سؤال للمجموعة {name}",
    "t.groups-no-place": "بلا مجموعة بعد",
    "t.groups-move": "مجموعة {name}",
    "t.groups.planned": "مخططة",
    "t.groups.split": "في مجموعات",
    "t.groups.closing": "تقترب من النهاية",
    "t.groups.merging": "في طريق العودة",
  },
  uk: {
    "c.group": "Група {name}",
    "c.groups": "Групи",
    "c.groups-end": "Залишилось часу в групі",
    "s.group-here": "У твоїй групі: {n}",
    "s.choose-group": "Обери свою групу",
    "s.join-group": "Приєднатися до групи {name}",
    "s.come-back": "Роботу в групах завершено. Повертайся до класу.",
    "s.group-wait": "Учитель створює групи.",
    "t.groups-how": "Як створити групи",
    "t.groups-n": "Кількість груп",
    "t.strategy.random": "Випадково",
    "t.strategy.balanced": "Порівну за балами",
    "t.strategy.by-hand": "Вручну",
    "t.strategy.self-selected": "Кожен обирає сам",
    "t.groups-plan": "Спланувати групи",
    "t.groups-again": "Спланувати знову",
    "t.groups-min": "Хвилини або порожньо",
    "t.groups-open": "Відкрити групи",
    "t.groups-drop": "Відкинути план",
    "t.groups-announce": "Оголошення всім групам",
    "t.groups-tell": "Сказати групам",
    "t.groups-recall": "Повернути всіх",
    "t.groups-recall-sure": "Повернути всіх? Групи мають ще одну хвилину.",
    "t.groups-ask": "Запитання для групи {name}",
    "t.groups-no-place": "Ще без групи",
    "t.groups-move": "Група для {name}",
    "t.groups.planned": "Заплановано",
    "t.groups.split": "У групах",
    "t.groups.closing": "Завершується",
    "t.groups.merging": "Повертаються",
  },
};
