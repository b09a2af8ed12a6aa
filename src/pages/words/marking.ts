/**
 * The words of corrections, in each language: attendance, names, grades and keys.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type MarkingKey = "t.attendance-of" | "t.attendance-measured" | "t.rename" | "t.rename-to";

export const MARKING_WORDS: Readonly<Record<Language, Readonly<Record<MarkingKey, string>>>> = {
  en: {
    "t.attendance-of": "Attendance of {name}",
    "t.attendance-measured": "as measured: {what}",
    "t.rename": "Rename",
    "t.rename-to": "Name in this lesson",
  },
  es: {
    "t.attendance-of": "Asistencia de {name}",
    "t.attendance-measured": "según lo medido: {what}",
    "t.rename": "Cambiar el nombre",
    "t.rename-to": "Nombre en esta clase",
  },
  de: {
    "t.attendance-of": "Anwesenheit von {name}",
    "t.attendance-measured": "wie gemessen: {what}",
    "t.rename": "Umbenennen",
    "t.rename-to": "Name in dieser Stunde",
  },
  fr: {
    "t.attendance-of": "Présence de {name}",
    "t.attendance-measured": "selon la mesure : {what}",
    "t.rename": "Renommer",
    "t.rename-to": "Nom dans cette leçon",
  },
  ar: {
    "t.attendance-of": "حضور {name}",
    "t.attendance-measured": "كما قيس: {what}",
    "t.rename": "تغيير الاسم",
    "t.rename-to": "الاسم في هذا الدرس",
  },
  uk: {
    "t.attendance-of": "Присутність: {name}",
    "t.attendance-measured": "як виміряно: {what}",
    "t.rename": "Перейменувати",
    "t.rename-to": "Ім’я на цьому уроці",
  },
};
