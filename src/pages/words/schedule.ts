/**
 * The words of sessions that begin later, in each language.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type ScheduleKey =
  | "p.not-open-yet-at"
  | "t.schedule"
  | "t.reschedule"
  | "t.scheduled"
  | "t.scheduled-now"
  | "t.starts-at"
  | "t.starts"
  | "t.starts-past"
  | "t.time-zone"
  | "t.more";

export const SCHEDULE_WORDS: Readonly<Record<Language, Readonly<Record<ScheduleKey, string>>>> = {
  en: {
    "p.not-open-yet-at": "This lesson is not open yet. It begins {when}.",
    "t.schedule": "Schedule",
    "t.reschedule": "Change the time",
    "t.scheduled": "Scheduled",
    "t.scheduled-now": "Scheduled: {title}",
    "t.starts-at": "Date and time of the beginning",
    "t.starts": "Begins {when}",
    "t.starts-past": "Choose a time that is still to come.",
    "t.time-zone": "In the time zone of this browser: {zone}",
    "t.more": "Show more",
  },
  es: {
    "p.not-open-yet-at": "Esta clase aún no está abierta. Empieza: {when}.",
    "t.schedule": "Programar",
    "t.reschedule": "Cambiar la hora",
    "t.scheduled": "Programadas",
    "t.scheduled-now": "Programada: {title}",
    "t.starts-at": "Fecha y hora de inicio",
    "t.starts": "Empieza: {when}",
    "t.starts-past": "Elige una hora que aún no haya pasado.",
    "t.time-zone": "En la zona horaria de este navegador: {zone}",
    "t.more": "Mostrar más",
  },
  de: {
    "p.not-open-yet-at": "Diese Stunde ist noch nicht offen. Sie beginnt: {when}.",
    "t.schedule": "Planen",
    "t.reschedule": "Zeit ändern",
    "t.scheduled": "Geplant",
    "t.scheduled-now": "Geplant: {title}",
    "t.starts-at": "Datum und Uhrzeit des Beginns",
    "t.starts": "Beginnt: {when}",
    "t.starts-past": "Wähle eine Zeit, die noch kommt.",
    "t.time-zone": "In der Zeitzone dieses Browsers: {zone}",
    "t.more": "Mehr zeigen",
  },
  fr: {
    "p.not-open-yet-at": "Cette leçon n’est pas encore ouverte. Début : {when}.",
    "t.schedule": "Programmer",
    "t.reschedule": "Changer l’heure",
    "t.scheduled": "Programmées",
    "t.scheduled-now": "Programmée : {title}",
    "t.starts-at": "Date et heure du début",
    "t.starts": "Début : {when}",
    "t.starts-past": "Choisissez une heure à venir.",
    "t.time-zone": "Dans le fuseau horaire de ce navigateur : {zone}",
    "t.more": "En montrer plus",
  },
  ar: {
    "p.not-open-yet-at": "هذا الدرس غير مفتوح بعد. يبدأ: {when}.",
    "t.schedule": "جدولة",
    "t.reschedule": "تغيير الموعد",
    "t.scheduled": "المجدولة",
    "t.scheduled-now": "جُدولت: {title}",
    "t.starts-at": "تاريخ البداية ووقتها",
    "t.starts": "البداية: {when}",
    "t.starts-past": "اختر وقتًا لم يحن بعد.",
    "t.time-zone": "بالمنطقة الزمنية لهذا المتصفح: {zone}",
    "t.more": "عرض المزيد",
  },
  uk: {
    "p.not-open-yet-at": "Цей урок ще не відкрито. Початок: {when}.",
    "t.schedule": "Запланувати",
    "t.reschedule": "Змінити час",
    "t.scheduled": "Заплановані",
    "t.scheduled-now": "Заплановано: {title}",
    "t.starts-at": "Дата й час початку",
    "t.starts": "Початок: {when}",
    "t.starts-past": "Виберіть час, який ще не настав.",
    "t.time-zone": "У часовому поясі цього браузера: {zone}",
    "t.more": "Показати більше",
  },
};
