/** The parts of a lesson by name, in each language: where something is wrong with it. */
import type { Language } from "./words.ts";

type Part =
  | "title"
  | "language"
  | "tags"
  | "tags-n"
  | "standards"
  | "standards-n"
  | "prompt"
  | "body"
  | "kind"
  | "points"
  | "limitMs"
  | "explanation"
  | "choices"
  | "choices-n"
  | "accepted"
  | "accepted-n"
  | "pairs"
  | "pairs-n"
  | "items"
  | "items-n";

export type PartKey = "t.fault-at" | "t.fault-part" | `t.in.${Part}`;

export const FAULT_PART_WORDS: Readonly<Record<Language, Readonly<Record<PartKey, string>>>> = {
  en: {
    "t.fault-at": "{where}: {what}",
    "t.fault-part": "{step}, {part}",
    "t.in.title": "title",
    "t.in.language": "language",
    "t.in.tags": "tags",
    "t.in.tags-n": "tag {n}",
    "t.in.standards": "standards",
    "t.in.standards-n": "standard {n}",
    "t.in.prompt": "question",
    "t.in.body": "text",
    "t.in.kind": "kind of question",
    "t.in.points": "points",
    "t.in.limitMs": "seconds to answer",
    "t.in.explanation": "explanation",
    "t.in.choices": "choices",
    "t.in.choices-n": "choice {n}",
    "t.in.accepted": "accepted answers",
    "t.in.accepted-n": "accepted answer {n}",
    "t.in.pairs": "pairs",
    "t.in.pairs-n": "pair {n}",
    "t.in.items": "items",
    "t.in.items-n": "item {n}",
  },
  es: {
    "t.fault-at": "{where}: {what}",
    "t.fault-part": "{step}, {part}",
    "t.in.title": "título",
    "t.in.language": "idioma",
    "t.in.tags": "etiquetas",
    "t.in.tags-n": "etiqueta {n}",
    "t.in.standards": "estándares",
    "t.in.standards-n": "estándar {n}",
    "t.in.prompt": "pregunta",
    "t.in.body": "texto",
    "t.in.kind": "tipo de pregunta",
    "t.in.points": "puntos",
    "t.in.limitMs": "segundos para responder",
    "t.in.explanation": "explicación",
    "t.in.choices": "opciones",
    "t.in.choices-n": "opción {n}",
    "t.in.accepted": "respuestas aceptadas",
    "t.in.accepted-n": "respuesta aceptada {n}",
    "t.in.pairs": "parejas",
    "t.in.pairs-n": "pareja {n}",
    "t.in.items": "elementos",
    "t.in.items-n": "elemento {n}",
  },
  de: {
    "t.fault-at": "{where}: {what}",
    "t.fault-part": "{step}, {part}",
    "t.in.title": "Titel",
    "t.in.language": "Sprache",
    "t.in.tags": "Schlagwörter",
    "t.in.tags-n": "Schlagwort {n}",
    "t.in.standards": "Standards",
    "t.in.standards-n": "Standard Nr. {n}",
    "t.in.prompt": "Frage",
    "t.in.body": "Text",
    "t.in.kind": "Art der Frage",
    "t.in.points": "Punkte",
    "t.in.limitMs": "Sekunden zum Antworten",
    "t.in.explanation": "Erklärung",
    "t.in.choices": "Auswahl",
    "t.in.choices-n": "Möglichkeit {n}",
    "t.in.accepted": "gültige Antworten",
    "t.in.accepted-n": "gültige Antwort {n}",
    "t.in.pairs": "Paare",
    "t.in.pairs-n": "Paar {n}",
    "t.in.items": "Elemente",
    "t.in.items-n": "Element {n}",
  },
  fr: {
    "t.fault-at": "{where} : {what}",
    "t.fault-part": "{step}, {part}",
    "t.in.title": "titre",
    "t.in.language": "langue",
    "t.in.tags": "étiquettes",
    "t.in.tags-n": "étiquette {n}",
    "t.in.standards": "référentiels",
    "t.in.standards-n": "référentiel {n}",
    "t.in.prompt": "énoncé",
    "t.in.body": "texte",
    "t.in.kind": "type de question",
    "t.in.points": "nombre de points",
    "t.in.limitMs": "secondes pour répondre",
    "t.in.explanation": "explication",
    "t.in.choices": "liste des choix",
    "t.in.choices-n": "choix {n}",
    "t.in.accepted": "réponses acceptées",
    "t.in.accepted-n": "réponse acceptée {n}",
    "t.in.pairs": "paires",
    "t.in.pairs-n": "paire {n}",
    "t.in.items": "éléments",
    "t.in.items-n": "élément {n}",
  },
  ar: {
    "t.fault-at": "{where}: {what}",
    "t.fault-part": "{step}، {part}",
    "t.in.title": "العنوان",
    "t.in.language": "اللغة",
    "t.in.tags": "الوسوم",
    "t.in.tags-n": "الوسم {n}",
    "t.in.standards": "المعايير",
    "t.in.standards-n": "المعيار {n}",
    "t.in.prompt": "السؤال",
    "t.in.body": "النص",
    "t.in.kind": "نوع السؤال",
    "t.in.points": "النقاط",
    "t.in.limitMs": "ثواني الإجابة",
    "t.in.explanation": "الشرح",
    "t.in.choices": "الخيارات",
    "t.in.choices-n": "الخيار {n}",
    "t.in.accepted": "الإجابات المقبولة",
    "t.in.accepted-n": "الإجابة المقبولة {n}",
    "t.in.pairs": "الأزواج",
    "t.in.pairs-n": "الزوج {n}",
    "t.in.items": "العناصر",
    "t.in.items-n": "العنصر {n}",
  },
  uk: {
    "t.fault-at": "{where}: {what}",
    "t.fault-part": "{step}, {part}",
    "t.in.title": "назва",
    "t.in.language": "мова",
    "t.in.tags": "мітки",
    "t.in.tags-n": "мітка {n}",
    "t.in.standards": "стандарти",
    "t.in.standards-n": "стандарт {n}",
    "t.in.prompt": "запитання",
    "t.in.body": "текст",
    "t.in.kind": "вид запитання",
    "t.in.points": "бали",
    "t.in.limitMs": "секунд на відповідь",
    "t.in.explanation": "пояснення",
    "t.in.choices": "варіанти",
    "t.in.choices-n": "варіант {n}",
    "t.in.accepted": "прийнятні відповіді",
    "t.in.accepted-n": "прийнятна відповідь {n}",
    "t.in.pairs": "пари",
    "t.in.pairs-n": "пара {n}",
    "t.in.items": "елементи",
    "t.in.items-n": "елемент {n}",
  },
};
