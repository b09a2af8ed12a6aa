/**
 * The words of corrections, in each language: attendance, names, grades and keys.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type MarkingKey =
  | "t.attendance-of"
  | "t.attendance-measured"
  | "t.rename"
  | "t.rename-to"
  | "t.each-answer"
  | "t.to-grade"
  | "t.ungraded"
  | "t.grade"
  | "t.grade-of"
  | "t.by-hand"
  | "t.earned"
  | "t.points-of"
  | "t.grade-range"
  | "t.comment"
  | "t.commented";

export const MARKING_WORDS: Readonly<Record<Language, Readonly<Record<MarkingKey, string>>>> = {
  en: {
    "t.attendance-of": "Attendance of {name}",
    "t.attendance-measured": "as measured: {what}",
    "t.rename": "Rename",
    "t.rename-to": "Name in this lesson",
    "t.each-answer": "Each answer, points by hand",
    "t.to-grade": "To grade: {n}",
    "t.ungraded": "not graded yet",
    "t.grade": "Grade",
    "t.grade-of": "Grade of {name}",
    "t.by-hand": "by hand",
    "t.earned": "{n} of {of}",
    "t.points-of": "Points, at most {of}",
    "t.grade-range": "A number from 0 to {of}.",
    "t.comment": "Comment that {name} reads",
    "t.commented": "Comment: {text}",
  },
  es: {
    "t.attendance-of": "Asistencia de {name}",
    "t.attendance-measured": "según lo medido: {what}",
    "t.rename": "Cambiar el nombre",
    "t.rename-to": "Nombre en esta clase",
    "t.each-answer": "Cada respuesta, puntos a mano",
    "t.to-grade": "Por calificar: {n}",
    "t.ungraded": "sin calificar",
    "t.grade": "Calificar",
    "t.grade-of": "Calificación de {name}",
    "t.by-hand": "a mano",
    "t.earned": "{n} de {of}",
    "t.points-of": "Puntos, {of} como máximo",
    "t.grade-range": "Un número de 0 a {of}.",
    "t.comment": "Comentario que lee {name}",
    "t.commented": "Comentario: {text}",
  },
  de: {
    "t.attendance-of": "Anwesenheit von {name}",
    "t.attendance-measured": "wie gemessen: {what}",
    "t.rename": "Umbenennen",
    "t.rename-to": "Name in dieser Stunde",
    "t.each-answer": "Jede Antwort, Punkte von Hand",
    "t.to-grade": "Zu bewerten: {n}",
    "t.ungraded": "noch nicht bewertet",
    "t.grade": "Bewerten",
    "t.grade-of": "Bewertung für {name}",
    "t.by-hand": "von Hand",
    "t.earned": "{n} von {of}",
    "t.points-of": "Punkte, höchstens {of}",
    "t.grade-range": "Eine Zahl von 0 bis {of}.",
    "t.comment": "Kommentar, den {name} liest",
    "t.commented": "Kommentar: {text}",
  },
  fr: {
    "t.attendance-of": "Présence de {name}",
    "t.attendance-measured": "selon la mesure : {what}",
    "t.rename": "Renommer",
    "t.rename-to": "Nom dans cette leçon",
    "t.each-answer": "Chaque réponse, points à la main",
    "t.to-grade": "À noter : {n}",
    "t.ungraded": "pas encore noté",
    "t.grade": "Noter",
    "t.grade-of": "Note de {name}",
    "t.by-hand": "à la main",
    "t.earned": "{n} sur {of}",
    "t.points-of": "Points, {of} au plus",
    "t.grade-range": "Un nombre de 0 à {of}.",
    "t.comment": "Commentaire que lira {name}",
    "t.commented": "Commentaire : {text}",
  },
  ar: {
    "t.attendance-of": "حضور {name}",
    "t.attendance-measured": "كما قيس: {what}",
    "t.rename": "تغيير الاسم",
    "t.rename-to": "الاسم في هذا الدرس",
    "t.each-answer": "كل إجابة، نقاط يدوية",
    "t.to-grade": "بانتظار التقييم: {n}",
    "t.ungraded": "لم تُقيَّم بعد",
    "t.grade": "تقييم",
    "t.grade-of": "تقييم {name}",
    "t.by-hand": "يدويًا",
    "t.earned": "{n} من {of}",
    "t.points-of": "النقاط، {of} على الأكثر",
    "t.grade-range": "عدد من 0 إلى {of}.",
    "t.comment": "تعليق يقرؤه {name}",
    "t.commented": "تعليق: {text}",
  },
  uk: {
    "t.attendance-of": "Присутність: {name}",
    "t.attendance-measured": "як виміряно: {what}",
    "t.rename": "Перейменувати",
    "t.rename-to": "Ім’я на цьому уроці",
    "t.each-answer": "Кожна відповідь, бали вручну",
    "t.to-grade": "Оцінити: {n}",
    "t.ungraded": "ще не оцінено",
    "t.grade": "Оцінити",
    "t.grade-of": "Оцінка: {name}",
    "t.by-hand": "вручну",
    "t.earned": "{n} з {of}",
    "t.points-of": "Бали, щонайбільше {of}",
    "t.grade-range": "Число від 0 до {of}.",
    "t.comment": "Коментар, який прочитає {name}",
    "t.commented": "Коментар: {text}",
  },
};
