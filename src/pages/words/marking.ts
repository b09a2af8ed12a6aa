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
  | "t.key-correct"
  | "t.key-note"
  | "t.key-right"
  | "t.key-score"
  | "t.key-changed"
  | "t.key-rescored"
  | "t.key-none"
  | "t.key-shares"
  | "t.key-numbers"
  | "t.key-accepted"
  | "t.key-from"
  | "t.key-to"
  | "t.key-tolerance"
  | "t.key-share"
  | "t.key-add"
  | "t.key-remove"
  | "t.rename-to"
  | "t.each-answer"
  | "t.each-grade"
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
    "t.each-answer": "Each answer",
    "t.each-grade": "Each answer, points by hand",
    "t.to-grade": "To grade: {n}",
    "t.ungraded": "not graded yet",
    "t.grade": "Grade",
    "t.grade-of": "Grade of {name}",
    "t.by-hand": "by hand",
    "t.earned": "{n} of {of}",
    "t.points-of": "Points, at most {of}",
    "t.grade-range": "A number from 0 to {of}.",
    "t.comment": "Comment that {name} reads",
    "t.commented": "Comment",
    "t.key-correct": "Correct the key",
    "t.key-note":
      "Every answer to this question is scored again, in this session alone: the lesson keeps its own key. Points given by hand stay.",
    "t.key-right": "Right answers",
    "t.key-score": "Score again",
    "t.key-changed": "Scored again. Results that changed: {n}",
    "t.key-rescored": "Scored again.",
    "t.key-none": "At least one answer must be right and earn something.",
    "t.key-shares": "A share is a number up to 100, in percent.",
    "t.key-numbers":
      "Numbers, please: a tolerance from 0, a range from low to high, a share from 0 to 100.",
    "t.key-accepted": "Answer {n}",
    "t.key-from": "Answer {n}: from",
    "t.key-to": "Answer {n}: to",
    "t.key-tolerance": "Answer {n}: tolerance (±)",
    "t.key-share": "Share, %",
    "t.key-add": "Add an answer",
    "t.key-remove": "Remove answer {n}",
  },
  es: {
    "t.attendance-of": "Asistencia de {name}",
    "t.attendance-measured": "según lo medido: {what}",
    "t.rename": "Cambiar el nombre",
    "t.rename-to": "Nombre en esta clase",
    "t.each-answer": "Cada respuesta",
    "t.each-grade": "Cada respuesta, puntos a mano",
    "t.to-grade": "Por calificar: {n}",
    "t.ungraded": "sin calificar",
    "t.grade": "Calificar",
    "t.grade-of": "Calificación de {name}",
    "t.by-hand": "a mano",
    "t.earned": "{n} de {of}",
    "t.points-of": "Puntos, {of} como máximo",
    "t.grade-range": "Un número de 0 a {of}.",
    "t.comment": "Comentario que lee {name}",
    "t.commented": "Comentario",
    "t.key-correct": "Corregir la clave",
    "t.key-note":
      "Cada respuesta a esta pregunta se puntúa de nuevo, solo en esta sesión: la lección conserva su propia clave. Los puntos puestos a mano se quedan.",
    "t.key-right": "Respuestas correctas",
    "t.key-score": "Puntuar de nuevo",
    "t.key-changed": "Puntuado de nuevo. Resultados que cambiaron: {n}",
    "t.key-rescored": "Puntuado de nuevo.",
    "t.key-none": "Al menos una respuesta debe ser correcta y valer algo.",
    "t.key-shares": "Una parte es un número de hasta 100, en porcentaje.",
    "t.key-numbers":
      "Faltan números: una tolerancia desde 0, un intervalo de menor a mayor, una parte de 0 a 100.",
    "t.key-accepted": "Respuesta {n}",
    "t.key-from": "Respuesta {n}: desde",
    "t.key-to": "Respuesta {n}: hasta",
    "t.key-tolerance": "Respuesta {n}: tolerancia (±)",
    "t.key-share": "Parte, %",
    "t.key-add": "Añadir una respuesta",
    "t.key-remove": "Quitar la respuesta {n}",
  },
  de: {
    "t.attendance-of": "Anwesenheit von {name}",
    "t.attendance-measured": "wie gemessen: {what}",
    "t.rename": "Umbenennen",
    "t.rename-to": "Name in dieser Stunde",
    "t.each-answer": "Jede Antwort",
    "t.each-grade": "Jede Antwort, Punkte von Hand",
    "t.to-grade": "Zu bewerten: {n}",
    "t.ungraded": "noch nicht bewertet",
    "t.grade": "Bewerten",
    "t.grade-of": "Bewertung für {name}",
    "t.by-hand": "von Hand",
    "t.earned": "{n} von {of}",
    "t.points-of": "Punkte, höchstens {of}",
    "t.grade-range": "Eine Zahl von 0 bis {of}.",
    "t.comment": "Kommentar, den {name} liest",
    "t.commented": "Kommentar",
    "t.key-correct": "Lösung korrigieren",
    "t.key-note":
      "Jede Antwort auf diese Frage wird neu bewertet, nur in dieser Stunde: Die Lektion behält ihre eigene Lösung. Von Hand gegebene Punkte bleiben.",
    "t.key-right": "Richtige Antworten",
    "t.key-score": "Neu bewerten",
    "t.key-changed": "Neu bewertet. Geänderte Ergebnisse: {n}",
    "t.key-rescored": "Neu bewertet.",
    "t.key-none": "Mindestens eine Antwort muss richtig sein und etwas zählen.",
    "t.key-shares": "Ein Anteil ist eine Zahl bis 100, in Prozent.",
    "t.key-numbers":
      "Bitte Zahlen: eine Toleranz ab 0, ein Bereich von klein nach groß, ein Anteil von 0 bis 100.",
    "t.key-accepted": "Antwort {n}",
    "t.key-from": "Antwort {n}: von",
    "t.key-to": "Antwort {n}: bis",
    "t.key-tolerance": "Antwort {n}: Toleranz (±)",
    "t.key-share": "Anteil, %",
    "t.key-add": "Antwort hinzufügen",
    "t.key-remove": "Antwort {n} entfernen",
  },
  fr: {
    "t.attendance-of": "Présence de {name}",
    "t.attendance-measured": "selon la mesure : {what}",
    "t.rename": "Renommer",
    "t.rename-to": "Nom dans cette leçon",
    "t.each-answer": "Chaque réponse",
    "t.each-grade": "Chaque réponse, points à la main",
    "t.to-grade": "À noter : {n}",
    "t.ungraded": "pas encore noté",
    "t.grade": "Noter",
    "t.grade-of": "Note de {name}",
    "t.by-hand": "à la main",
    "t.earned": "{n} sur {of}",
    "t.points-of": "Points, {of} au plus",
    "t.grade-range": "Un nombre de 0 à {of}.",
    "t.comment": "Commentaire que lira {name}",
    "t.commented": "Commentaire",
    "t.key-correct": "Corriger la clé",
    "t.key-note":
      "Chaque réponse à cette question est notée à nouveau, dans cette séance seulement : la leçon garde sa propre clé. Les points donnés à la main restent.",
    "t.key-right": "Bonnes réponses",
    "t.key-score": "Noter à nouveau",
    "t.key-changed": "Noté à nouveau. Résultats modifiés : {n}",
    "t.key-rescored": "Noté à nouveau.",
    "t.key-none": "Au moins une réponse doit être juste et rapporter des points.",
    "t.key-shares": "Une part est un nombre jusqu’à 100, en pour cent.",
    "t.key-numbers":
      "Il faut des nombres : une tolérance à partir de 0, un intervalle croissant, une part de 0 à 100.",
    "t.key-accepted": "Réponse {n}",
    "t.key-from": "Réponse {n} : de",
    "t.key-to": "Réponse {n} : à",
    "t.key-tolerance": "Réponse {n} : tolérance (±)",
    "t.key-share": "Part, %",
    "t.key-add": "Ajouter une réponse",
    "t.key-remove": "Retirer la réponse {n}",
  },
  ar: {
    "t.attendance-of": "حضور {name}",
    "t.attendance-measured": "كما قيس: {what}",
    "t.rename": "تغيير الاسم",
    "t.rename-to": "الاسم في هذا الدرس",
    "t.each-answer": "كل إجابة",
    "t.each-grade": "كل إجابة، نقاط يدوية",
    "t.to-grade": "بانتظار التقييم: {n}",
    "t.ungraded": "لم تُقيَّم بعد",
    "t.grade": "تقييم",
    "t.grade-of": "تقييم {name}",
    "t.by-hand": "يدويًا",
    "t.earned": "{n} من {of}",
    "t.points-of": "النقاط، {of} على الأكثر",
    "t.grade-range": "عدد من 0 إلى {of}.",
    "t.comment": "تعليق يقرؤه {name}",
    "t.commented": "تعليق",
    "t.key-correct": "تصحيح مفتاح الإجابة",
    "t.key-note":
      "تُحتسب كل إجابة عن هذا السؤال من جديد، في هذه الجلسة وحدها: يحتفظ الدرس بمفتاحه. تبقى النقاط المعطاة يدويًا.",
    "t.key-right": "الإجابات الصحيحة",
    "t.key-score": "احتساب من جديد",
    "t.key-changed": "احتُسبت من جديد. النتائج التي تغيّرت: {n}",
    "t.key-rescored": "احتُسبت من جديد.",
    "t.key-none": "يجب أن تكون إجابة واحدة على الأقل صحيحة ولها نقاط.",
    "t.key-shares": "الحصة عدد حتى 100، بالنسبة المئوية.",
    "t.key-numbers": "يلزم أعداد: هامش يبدأ من 0، ومجال من الأصغر إلى الأكبر، وحصة من 0 إلى 100.",
    "t.key-accepted": "الإجابة {n}",
    "t.key-from": "الإجابة {n}: من",
    "t.key-to": "الإجابة {n}: إلى",
    "t.key-tolerance": "الإجابة {n}: الهامش (±)",
    "t.key-share": "الحصة، %",
    "t.key-add": "إضافة إجابة",
    "t.key-remove": "إزالة الإجابة {n}",
  },
  uk: {
    "t.attendance-of": "Присутність: {name}",
    "t.attendance-measured": "як виміряно: {what}",
    "t.rename": "Перейменувати",
    "t.rename-to": "Ім’я на цьому уроці",
    "t.each-answer": "Кожна відповідь",
    "t.each-grade": "Кожна відповідь, бали вручну",
    "t.to-grade": "Оцінити: {n}",
    "t.ungraded": "ще не оцінено",
    "t.grade": "Оцінити",
    "t.grade-of": "Оцінка: {name}",
    "t.by-hand": "вручну",
    "t.earned": "{n} з {of}",
    "t.points-of": "Бали, щонайбільше {of}",
    "t.grade-range": "Число від 0 до {of}.",
    "t.comment": "Коментар, який прочитає {name}",
    "t.commented": "Коментар",
    "t.key-correct": "Виправити ключ",
    "t.key-note":
      "Кожну відповідь на це запитання буде оцінено знову, лише на цьому занятті: урок зберігає свій ключ. Бали, поставлені вручну, лишаються.",
    "t.key-right": "Правильні відповіді",
    "t.key-score": "Оцінити знову",
    "t.key-changed": "Оцінено знову. Змінено результатів: {n}",
    "t.key-rescored": "Оцінено знову.",
    "t.key-none": "Принаймні одна відповідь має бути правильною і давати бали.",
    "t.key-shares": "Частка — це число до 100, у відсотках.",
    "t.key-numbers":
      "Потрібні числа: похибка від 0, діапазон від меншого до більшого, частка від 0 до 100.",
    "t.key-accepted": "Відповідь {n}",
    "t.key-from": "Відповідь {n}: від",
    "t.key-to": "Відповідь {n}: до",
    "t.key-tolerance": "Відповідь {n}: похибка (±)",
    "t.key-share": "Частка, %",
    "t.key-add": "Додати відповідь",
    "t.key-remove": "Прибрати відповідь {n}",
  },
};
