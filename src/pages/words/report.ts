/**
 * The words of reports, in each language: on the page (`t`), and on paper and in charts (`r`).
 *
 * As in the catalogue of which they are a part, a key begins with what needs it.
 */
import type { Language } from "./words.ts";

type ReportKey =
  | "t.pdf"
  | "t.resolved"
  | "t.members"
  | "t.share-points"
  | "r.began"
  | "r.ended"
  | "r.not-yet"
  | "r.took-part"
  | "r.mean"
  | "r.attendance"
  | "r.reliability"
  | "r.students"
  | "r.items"
  | "r.answers"
  | "r.difficulty"
  | "r.discrimination"
  | "r.upper-lower"
  | "r.options"
  | "r.votes"
  | "r.chart-points"
  | "r.chart-points-text"
  | "r.chart-difficulty"
  | "r.chart-difficulty-text"
  | "r.chart-options-text"
  | "r.chart-growth"
  | "r.chart-growth-text"
  | "r.not-judged"
  | "r.right"
  | "r.wrong"
  | "r.no-numbers";

export const REPORT_WORDS: Readonly<Record<Language, Readonly<Record<ReportKey, string>>>> = {
  en: {
    "t.pdf": "Download PDF",
    "t.resolved": "answered",
    "t.members": "Members",
    "t.share-points": "Share of points",
    "r.began": "Began: {at}",
    "r.ended": "Ended: {at}",
    "r.not-yet": "not yet",
    "r.took-part": "Took part: {n}",
    "r.mean": "Points on average: {n} of {max}",
    "r.attendance": "Present: {present}, late: {late}, absent: {absent}, excused: {excused}",
    "r.reliability": "Reliability: {n} ({kind})",
    "r.students": "Students",
    "r.items": "Items",
    "r.answers": "Answers",
    "r.difficulty": "Difficulty",
    "r.discrimination": "Discrimination",
    "r.upper-lower": "Upper − lower",
    "r.options": "Options",
    "r.votes": "Votes",
    "r.chart-points": "Distribution of points",
    "r.chart-points-text": "{takers} took part; {max} points were to be had.",
    "r.chart-difficulty": "Difficulty of the items",
    "r.chart-difficulty-text":
      "The share of its points that each item gave; a long bar is an easy item.",
    "r.chart-options-text":
      "How many chose each option, and what part they are of those who answered.",
    "r.chart-growth": "Share of points by session",
    "r.chart-growth-text":
      "What part of the points the class earned in each session, the oldest first.",
    "r.not-judged": "not judged",
    "r.right": "right",
    "r.wrong": "wrong",
    "r.no-numbers": "There are no numbers yet.",
  },
  es: {
    "t.pdf": "Descargar PDF",
    "t.resolved": "respondida",
    "t.members": "Miembros",
    "t.share-points": "Parte de los puntos",
    "r.began": "Comenzó: {at}",
    "r.ended": "Terminó: {at}",
    "r.not-yet": "todavía no",
    "r.took-part": "Participaron: {n}",
    "r.mean": "Puntos de media: {n} de {max}",
    "r.attendance":
      "Presentes: {present}, tarde: {late}, ausentes: {absent}, justificados: {excused}",
    "r.reliability": "Fiabilidad: {n} ({kind})",
    "r.students": "Estudiantes",
    "r.items": "Preguntas",
    "r.answers": "Respuestas",
    "r.difficulty": "Dificultad",
    "r.discrimination": "Discriminación",
    "r.upper-lower": "Superior − inferior",
    "r.options": "Opciones",
    "r.votes": "Votos",
    "r.chart-points": "Distribución de los puntos",
    "r.chart-points-text": "Participaron {takers}; había {max} puntos que ganar.",
    "r.chart-difficulty": "Dificultad de las preguntas",
    "r.chart-difficulty-text":
      "Qué parte de sus puntos dio cada pregunta; una barra larga es una pregunta fácil.",
    "r.chart-options-text":
      "Cuántos eligieron cada opción y qué parte son de quienes respondieron.",
    "r.chart-growth": "Parte de los puntos por sesión",
    "r.chart-growth-text":
      "Qué parte de los puntos ganó la clase en cada sesión, de la más antigua a la más reciente.",
    "r.not-judged": "sin evaluar",
    "r.right": "correcta",
    "r.wrong": "incorrecta",
    "r.no-numbers": "Todavía no hay datos.",
  },
  de: {
    "t.pdf": "PDF herunterladen",
    "t.resolved": "beantwortet",
    "t.members": "Mitglieder",
    "t.share-points": "Anteil der Punkte",
    "r.began": "Beginn: {at}",
    "r.ended": "Ende: {at}",
    "r.not-yet": "noch nicht",
    "r.took-part": "Teilgenommen: {n}",
    "r.mean": "Punkte im Mittel: {n} von {max}",
    "r.attendance":
      "Anwesend: {present}, verspätet: {late}, abwesend: {absent}, entschuldigt: {excused}",
    "r.reliability": "Zuverlässigkeit: {n} ({kind})",
    "r.students": "Lernende",
    "r.items": "Aufgaben",
    "r.answers": "Antworten",
    "r.difficulty": "Schwierigkeit",
    "r.discrimination": "Trennschärfe",
    "r.upper-lower": "Obere − untere",
    "r.options": "Auswahl",
    "r.votes": "Stimmen",
    "r.chart-points": "Verteilung der Punkte",
    "r.chart-points-text": "{takers} haben teilgenommen; {max} Punkte waren zu holen.",
    "r.chart-difficulty": "Schwierigkeit der Aufgaben",
    "r.chart-difficulty-text":
      "Welchen Teil ihrer Punkte jede Aufgabe gab; ein langer Balken ist eine leichte Aufgabe.",
    "r.chart-options-text":
      "Wie viele jede Möglichkeit wählten, und welcher Teil das ist von denen, die antworteten.",
    "r.chart-growth": "Anteil der Punkte nach Stunde",
    "r.chart-growth-text":
      "Welchen Teil der Punkte die Klasse in jeder Stunde holte, die älteste zuerst.",
    "r.not-judged": "nicht bewertet",
    "r.right": "richtig",
    "r.wrong": "falsch",
    "r.no-numbers": "Es gibt noch keine Zahlen.",
  },
  fr: {
    "t.pdf": "Télécharger le PDF",
    "t.resolved": "répondue",
    "t.members": "Membres",
    "t.share-points": "Part des points",
    "r.began": "Début : {at}",
    "r.ended": "Fin : {at}",
    "r.not-yet": "pas encore",
    "r.took-part": "Participants : {n}",
    "r.mean": "Points en moyenne : {n} sur {max}",
    "r.attendance":
      "Présents : {present}, en retard : {late}, absents : {absent}, excusés : {excused}",
    "r.reliability": "Fidélité : {n} ({kind})",
    "r.students": "Élèves",
    "r.items": "Exercices",
    "r.answers": "Réponses",
    "r.difficulty": "Difficulté",
    "r.discrimination": "Discrimination",
    "r.upper-lower": "Supérieur − inférieur",
    "r.options": "Choix proposés",
    "r.votes": "Votes",
    "r.chart-points": "Répartition des points",
    "r.chart-points-text": "{takers} ont participé ; {max} points étaient à gagner.",
    "r.chart-difficulty": "Difficulté des exercices",
    "r.chart-difficulty-text":
      "La part de ses points que chaque exercice a donnée ; une longue barre est un exercice facile.",
    "r.chart-options-text":
      "Combien ont choisi chaque réponse, et quelle part de ceux qui ont répondu.",
    "r.chart-growth": "Part des points par séance",
    "r.chart-growth-text":
      "Quelle part des points la classe a gagnée à chaque séance, de la plus ancienne à la plus récente.",
    "r.not-judged": "non noté",
    "r.right": "juste",
    "r.wrong": "faux",
    "r.no-numbers": "Il n’y a pas encore de chiffres.",
  },
  ar: {
    "t.pdf": "تنزيل PDF",
    "t.resolved": "تمت الإجابة",
    "t.members": "الأعضاء",
    "t.share-points": "نسبة النقاط",
    "r.began": "البداية: {at}",
    "r.ended": "النهاية: {at}",
    "r.not-yet": "ليس بعد",
    "r.took-part": "عدد المشاركين: {n}",
    "r.mean": "متوسط النقاط: {n} من {max}",
    "r.attendance":
      "الحاضرون: {present}، المتأخرون: {late}، الغائبون: {absent}، المعذورون: {excused}",
    "r.reliability": "الثبات: {n} ({kind})",
    "r.students": "الطلاب",
    "r.items": "الأسئلة",
    "r.answers": "الإجابات",
    "r.difficulty": "الصعوبة",
    "r.discrimination": "التمييز",
    "r.upper-lower": "الأعلى − الأدنى",
    "r.options": "الخيارات",
    "r.votes": "الأصوات",
    "r.chart-points": "توزيع النقاط",
    "r.chart-points-text": "شارك {takers}، وكان مجموع النقاط {max}.",
    "r.chart-difficulty": "صعوبة الأسئلة",
    "r.chart-difficulty-text": "نسبة ما أعطاه كل سؤال من نقاطه؛ الشريط الطويل سؤال سهل.",
    "r.chart-options-text": "كم اختاروا كل خيار، وما نسبتهم ممن أجابوا.",
    "r.chart-growth": "نسبة النقاط في كل حصة",
    "r.chart-growth-text": "نسبة ما كسبه الصف من النقاط في كل حصة، الأقدم أولا.",
    "r.not-judged": "لم يقيم",
    "r.right": "صحيح",
    "r.wrong": "خطأ",
    "r.no-numbers": "لا توجد أرقام بعد.",
  },
  uk: {
    "t.pdf": "Завантажити PDF",
    "t.resolved": "є відповідь",
    "t.members": "Учасники",
    "t.share-points": "Частка балів",
    "r.began": "Початок: {at}",
    "r.ended": "Кінець: {at}",
    "r.not-yet": "ще ні",
    "r.took-part": "Узяли участь: {n}",
    "r.mean": "Балів у середньому: {n} з {max}",
    "r.attendance":
      "Присутні: {present}, запізнилися: {late}, відсутні: {absent}, з поважної причини: {excused}",
    "r.reliability": "Надійність: {n} ({kind})",
    "r.students": "Учні",
    "r.items": "Завдання",
    "r.answers": "Відповіді",
    "r.difficulty": "Складність",
    "r.discrimination": "Розрізнення",
    "r.upper-lower": "Верхні − нижні",
    "r.options": "Варіанти",
    "r.votes": "Голоси",
    "r.chart-points": "Розподіл балів",
    "r.chart-points-text": "Узяли участь: {takers}; можна було здобути балів: {max}.",
    "r.chart-difficulty": "Складність завдань",
    "r.chart-difficulty-text":
      "Яку частку своїх балів дало кожне завдання; довга смуга — легке завдання.",
    "r.chart-options-text": "Скільки обрали кожен варіант і яка це частка тих, хто відповів.",
    "r.chart-growth": "Частка балів за заняттями",
    "r.chart-growth-text": "Яку частку балів здобув клас на кожному занятті, від найдавнішого.",
    "r.not-judged": "не оцінено",
    "r.right": "правильно",
    "r.wrong": "неправильно",
    "r.no-numbers": "Чисел ще немає.",
  },
};
