/**
 * The words of the floor, in each language: reactions, questions, hands that are called, nudges.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type FloorKey =
  | "c.reactions"
  | "c.react.thumbs-up"
  | "c.react.heart"
  | "c.react.clap"
  | "c.react.laugh"
  | "c.react.surprised"
  | "c.react.confused"
  | "s.reacted"
  | "s.ask-wait"
  | "s.ask-sent"
  | "s.nudged"
  | "s.nudged-plain"
  | "s.called"
  | "s.heard"
  | "t.call"
  | "t.nudge"
  | "t.nudge-text"
  | "t.nudge-sent"
  | "t.unpin"
  | "t.unpin-question"
  | "t.take-down"
  | "t.take-down-sure";

export const FLOOR_WORDS: Readonly<Record<Language, Readonly<Record<FloorKey, string>>>> = {
  en: {
    "c.reactions": "Reactions",
    "c.react.thumbs-up": "Thumbs up",
    "c.react.heart": "Heart",
    "c.react.clap": "Applause",
    "c.react.laugh": "Laughing",
    "c.react.surprised": "Surprised",
    "c.react.confused": "Confused",
    "s.reacted": "Sent: {what}",
    "s.ask-wait": "You can ask again in {n} s.",
    "s.ask-sent": "Your question was sent.",
    "s.nudged": "Your teacher says",
    "s.nudged-plain": "Your teacher asks: are you still with us?",
    "s.called": "It is your turn: your teacher calls on you.",
    "s.heard": "All right",
    "t.call": "Call on {name}",
    "t.nudge": "Nudge",
    "t.nudge-text": "What you want to say (may stay empty)",
    "t.nudge-sent": "Sent.",
    "t.unpin": "Unpin",
    "t.unpin-question": "Unpin: {what}",
    "t.take-down": "Take down: {what}",
    "t.take-down-sure": "Take this question down? Nobody will see it any more: {what}",
  },
  es: {
    "c.reactions": "Reacciones",
    "c.react.thumbs-up": "Pulgar arriba",
    "c.react.heart": "Corazón",
    "c.react.clap": "Aplauso",
    "c.react.laugh": "Risa",
    "c.react.surprised": "Sorpresa",
    "c.react.confused": "Confusión",
    "s.reacted": "Enviado: {what}",
    "s.ask-wait": "Podrás preguntar otra vez en {n} s.",
    "s.ask-sent": "Tu pregunta se envió.",
    "s.nudged": "Tu docente dice",
    "s.nudged-plain": "Tu docente pregunta: ¿sigues ahí?",
    "s.called": "Es tu turno: tu docente te da la palabra.",
    "s.heard": "De acuerdo",
    "t.call": "Dar la palabra a {name}",
    "t.nudge": "Dar un toque",
    "t.nudge-text": "Lo que quieres decir (puede quedar vacío)",
    "t.nudge-sent": "Enviado.",
    "t.unpin": "Desfijar",
    "t.unpin-question": "Desfijar: {what}",
    "t.take-down": "Quitar: {what}",
    "t.take-down-sure": "¿Quitar esta pregunta? Ya nadie la verá: {what}",
  },
  de: {
    "c.reactions": "Reaktionen",
    "c.react.thumbs-up": "Daumen hoch",
    "c.react.heart": "Herz",
    "c.react.clap": "Applaus",
    "c.react.laugh": "Lachen",
    "c.react.surprised": "Erstaunt",
    "c.react.confused": "Verwirrt",
    "s.reacted": "Gesendet: {what}",
    "s.ask-wait": "Du kannst in {n} s wieder fragen.",
    "s.ask-sent": "Deine Frage ist gesendet.",
    "s.nudged": "Deine Lehrkraft sagt",
    "s.nudged-plain": "Deine Lehrkraft fragt: Bist du noch dabei?",
    "s.called": "Du bist dran: Deine Lehrkraft ruft dich auf.",
    "s.heard": "Alles klar",
    "t.call": "{name} aufrufen",
    "t.nudge": "Anstupsen",
    "t.nudge-text": "Was du sagen möchtest (darf leer bleiben)",
    "t.nudge-sent": "Gesendet.",
    "t.unpin": "Loslösen",
    "t.unpin-question": "Loslösen: {what}",
    "t.take-down": "Entfernen: {what}",
    "t.take-down-sure": "Diese Frage entfernen? Niemand sieht sie dann mehr: {what}",
  },
  fr: {
    "c.reactions": "Réactions",
    "c.react.thumbs-up": "Pouce levé",
    "c.react.heart": "Cœur",
    "c.react.clap": "Applaudissements",
    "c.react.laugh": "Rire",
    "c.react.surprised": "Surprise",
    "c.react.confused": "Perplexité",
    "s.reacted": "Envoyé : {what}",
    "s.ask-wait": "Tu pourras demander à nouveau dans {n} s.",
    "s.ask-sent": "Ta question est envoyée.",
    "s.nudged": "Ton enseignant dit",
    "s.nudged-plain": "Ton enseignant demande : tu es toujours là ?",
    "s.called": "C’est ton tour : ton enseignant t’interroge.",
    "s.heard": "D’accord",
    "t.call": "Donner la parole à {name}",
    "t.nudge": "Faire signe",
    "t.nudge-text": "Ce que vous voulez dire (peut rester vide)",
    "t.nudge-sent": "Envoyé.",
    "t.unpin": "Détacher",
    "t.unpin-question": "Détacher : {what}",
    "t.take-down": "Retirer : {what}",
    "t.take-down-sure": "Retirer cette question ? Plus personne ne la verra : {what}",
  },
  ar: {
    "c.reactions": "التفاعلات",
    "c.react.thumbs-up": "إعجاب",
    "c.react.heart": "قلب",
    "c.react.clap": "تصفيق",
    "c.react.laugh": "ضحك",
    "c.react.surprised": "دهشة",
    "c.react.confused": "حيرة",
    "s.reacted": "أُرسل: {what}",
    "s.ask-wait": "يمكنك أن تسأل مرة أخرى بعد {n} ث.",
    "s.ask-sent": "أُرسل سؤالك.",
    "s.nudged": "يقول معلمك",
    "s.nudged-plain": "يسأل معلمك: هل ما زلت معنا؟",
    "s.called": "حان دورك: معلمك يناديك.",
    "s.heard": "حسنًا",
    "t.call": "إعطاء الكلمة إلى {name}",
    "t.nudge": "تنبيه",
    "t.nudge-text": "ما تريد قوله (يمكن أن يبقى فارغًا)",
    "t.nudge-sent": "أُرسل.",
    "t.unpin": "إلغاء التثبيت",
    "t.unpin-question": "إلغاء التثبيت: {what}",
    "t.take-down": "إزالة: {what}",
    "t.take-down-sure": "هل تزيل هذا السؤال؟ لن يراه أحد بعد الآن: {what}",
  },
  uk: {
    "c.reactions": "Реакції",
    "c.react.thumbs-up": "Палець угору",
    "c.react.heart": "Серце",
    "c.react.clap": "Оплески",
    "c.react.laugh": "Сміх",
    "c.react.surprised": "Подив",
    "c.react.confused": "Розгубленість",
    "s.reacted": "Надіслано: {what}",
    "s.ask-wait": "Запитати знову можна через {n} с.",
    "s.ask-sent": "Ваше запитання надіслано.",
    "s.nudged": "Учитель каже",
    "s.nudged-plain": "Учитель запитує: ви ще з нами?",
    "s.called": "Ваша черга: учитель викликає вас.",
    "s.heard": "Гаразд",
    "t.call": "Викликати: {name}",
    "t.nudge": "Звернутися",
    "t.nudge-text": "Що ви хочете сказати (можна лишити порожнім)",
    "t.nudge-sent": "Надіслано.",
    "t.unpin": "Відкріпити",
    "t.unpin-question": "Відкріпити: {what}",
    "t.take-down": "Прибрати: {what}",
    "t.take-down-sure": "Прибрати це запитання? Його більше ніхто не побачить: {what}",
  },
};
