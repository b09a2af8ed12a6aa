/**
 * The words of teachers' lessons, in each language: found, shared, published, copied.
 *
 * As in the catalogue of which they are a part, a key begins with the page that needs it.
 */
import type { Language } from "./words.ts";

type LessonKey =
  | "t.find"
  | "t.find-go"
  | "t.find-hint"
  | "t.mine-only"
  | "t.none-found"
  | "t.draft"
  | "t.published"
  | "t.draft-beside"
  | "t.private"
  | "t.shared"
  | "t.visibility"
  | "t.copy"
  | "t.look"
  | "t.publish"
  | "t.published-now"
  | "t.starts-from"
  | "t.colleagues"
  | "t.tags"
  | "t.standards"
  | "t.versions"
  | "t.version-n"
  | "t.restore"
  | "t.restored"
  | "t.picture"
  | "t.picture-alt"
  | "t.picture-file"
  | "t.picture-hint"
  | "t.export"
  | "t.lost"
  | "t.lost-seen"
  | "t.step-about"
  | "t.step-tags"
  | "t.step-standards"
  | "t.step-standards-hint"
  | "t.with-tag"
  | "t.with-standard"
  | "t.without";

export const LESSON_WORDS: Readonly<Record<Language, Readonly<Record<LessonKey, string>>>> = {
  en: {
    "t.find": "Find lessons",
    "t.find-go": "Search",
    "t.find-hint": "Words of the title, tags, standards or the text",
    "t.mine-only": "Only mine",
    "t.none-found": "No lesson has all these words.",
    "t.draft": "Draft",
    "t.published": "Published",
    "t.draft-beside": "Published, with a draft",
    "t.private": "Only I find it",
    "t.shared": "Shared with the school",
    "t.visibility": "Who finds it",
    "t.copy": "Copy",
    "t.look": "Look",
    "t.publish": "Publish",
    "t.published-now": "Published. Sessions start from this version.",
    "t.starts-from": "Sessions start from version {n} until you publish this draft.",
    "t.colleagues": "This lesson is a colleague’s. Copy it to change it.",
    "t.tags": "Tags (one a line)",
    "t.standards": "Standards (one a line: framework | code | title)",
    "t.versions": "Versions",
    "t.version-n": "Version {n}",
    "t.restore": "Edit from this version",
    "t.restored": "The editor has version {n} now. Save it to keep it.",
    "t.picture": "Add a picture",
    "t.picture-alt": "What the picture shows, in words",
    "t.picture-file": "Picture file",
    "t.picture-hint": "JPEG, PNG or WebP, up to 8 MB. Say first what it shows.",
    "t.export": "Export what is saved",
    "t.lost": "Not everything fits into the other format:",
    "t.lost-seen": "All right",
    "t.step-about": "Tags and standards of this step",
    "t.step-tags": "Tags of this step (one a line)",
    "t.step-standards": "Standards that this step serves",
    "t.step-standards-hint": "A standard that no step serves is the whole lesson’s.",
    "t.with-tag": "Tag: {tag}",
    "t.with-standard": "Standard: {standard}",
    "t.without": "No longer only: {what}",
  },
  es: {
    "t.find": "Buscar lecciones",
    "t.find-go": "Buscar",
    "t.find-hint": "Palabras del título, las etiquetas, los estándares o el texto",
    "t.mine-only": "Solo las mías",
    "t.none-found": "Ninguna lección tiene todas estas palabras.",
    "t.draft": "Borrador",
    "t.published": "Publicada",
    "t.draft-beside": "Publicada, con un borrador",
    "t.private": "Solo la encuentro yo",
    "t.shared": "Compartida con la escuela",
    "t.visibility": "Quién la encuentra",
    "t.copy": "Copiar",
    "t.look": "Ver",
    "t.publish": "Publicar",
    "t.published-now": "Publicada. Las sesiones parten de esta versión.",
    "t.starts-from": "Las sesiones parten de la versión {n} hasta que publiques este borrador.",
    "t.colleagues": "Esta lección es de un colega. Cópiala para cambiarla.",
    "t.tags": "Etiquetas (una por línea)",
    "t.standards": "Estándares (uno por línea: marco | código | título)",
    "t.versions": "Versiones",
    "t.version-n": "Versión {n}",
    "t.restore": "Editar a partir de esta versión",
    "t.restored": "El editor tiene ahora la versión {n}. Guárdala para conservarla.",
    "t.picture": "Añadir una imagen",
    "t.picture-alt": "Qué muestra la imagen, en palabras",
    "t.picture-file": "Archivo de imagen",
    "t.picture-hint": "JPEG, PNG o WebP, hasta 8 MB. Di primero qué muestra.",
    "t.export": "Exportar lo guardado",
    "t.lost": "No todo cabe en el otro formato:",
    "t.lost-seen": "De acuerdo",
    "t.step-about": "Etiquetas y estándares de este paso",
    "t.step-tags": "Etiquetas de este paso (una por línea)",
    "t.step-standards": "Estándares a los que sirve este paso",
    "t.step-standards-hint": "Un estándar al que no sirve ningún paso es de toda la lección.",
    "t.with-tag": "Etiqueta: {tag}",
    "t.with-standard": "Estándar: {standard}",
    "t.without": "Ya no solo: {what}",
  },
  de: {
    "t.find": "Lektionen finden",
    "t.find-go": "Suchen",
    "t.find-hint": "Wörter aus Titel, Schlagwörtern, Standards oder Text",
    "t.mine-only": "Nur meine",
    "t.none-found": "Keine Lektion hat alle diese Wörter.",
    "t.draft": "Entwurf",
    "t.published": "Veröffentlicht",
    "t.draft-beside": "Veröffentlicht, mit Entwurf",
    "t.private": "Nur ich finde sie",
    "t.shared": "Mit der Schule geteilt",
    "t.visibility": "Wer sie findet",
    "t.copy": "Kopieren",
    "t.look": "Ansehen",
    "t.publish": "Veröffentlichen",
    "t.published-now": "Veröffentlicht. Stunden beginnen mit dieser Version.",
    "t.starts-from": "Stunden beginnen mit Version {n}, bis du diesen Entwurf veröffentlichst.",
    "t.colleagues":
      "Diese Lektion gehört jemandem aus dem Kollegium. Kopiere sie, um sie zu ändern.",
    "t.tags": "Schlagwörter (eines je Zeile)",
    "t.standards": "Standards (einer je Zeile: Lehrplan | Kürzel | Titel)",
    "t.versions": "Versionen",
    "t.version-n": "Fassung {n}",
    "t.restore": "Ab dieser Version weiterschreiben",
    "t.restored": "Im Editor steht jetzt Version {n}. Speichere, um sie zu behalten.",
    "t.picture": "Bild hinzufügen",
    "t.picture-alt": "Was das Bild zeigt, in Worten",
    "t.picture-file": "Bilddatei",
    "t.picture-hint": "JPEG, PNG oder WebP, bis 8 MB. Sag zuerst, was es zeigt.",
    "t.export": "Gespeichertes exportieren",
    "t.lost": "Nicht alles passt in das andere Format:",
    "t.lost-seen": "In Ordnung",
    "t.step-about": "Schlagwörter und Standards dieses Schritts",
    "t.step-tags": "Schlagwörter dieses Schritts (eines je Zeile)",
    "t.step-standards": "Standards, denen dieser Schritt dient",
    "t.step-standards-hint": "Ein Standard, dem kein Schritt dient, gilt für die ganze Lektion.",
    "t.with-tag": "Schlagwort: {tag}",
    "t.with-standard": "Mit Standard: {standard}",
    "t.without": "Nicht mehr nur: {what}",
  },
  fr: {
    "t.find": "Trouver des leçons",
    "t.find-go": "Chercher",
    "t.find-hint": "Des mots du titre, des étiquettes, des référentiels ou du texte",
    "t.mine-only": "Les miennes seulement",
    "t.none-found": "Aucune leçon n’a tous ces mots.",
    "t.draft": "Brouillon",
    "t.published": "Publiée",
    "t.draft-beside": "Publiée, avec un brouillon",
    "t.private": "Moi seul la trouve",
    "t.shared": "Partagée avec l’école",
    "t.visibility": "Qui la trouve",
    "t.copy": "Copier",
    "t.look": "Voir",
    "t.publish": "Publier",
    "t.published-now": "Publiée. Les séances partent de cette version.",
    "t.starts-from":
      "Les séances partent de la version {n} jusqu’à ce que tu publies ce brouillon.",
    "t.colleagues": "Cette leçon est d’un collègue. Copie-la pour la changer.",
    "t.tags": "Étiquettes (une par ligne)",
    "t.standards": "Référentiels (un par ligne : cadre | code | titre)",
    "t.versions": "Les versions",
    "t.version-n": "Version n° {n}",
    "t.restore": "Repartir de cette version",
    "t.restored": "L’éditeur contient maintenant la version {n}. Enregistre pour la garder.",
    "t.picture": "Ajouter une image",
    "t.picture-alt": "Ce que montre l’image, en mots",
    "t.picture-file": "Fichier de l’image",
    "t.picture-hint": "JPEG, PNG ou WebP, jusqu’à 8 Mo. Dis d’abord ce qu’elle montre.",
    "t.export": "Exporter ce qui est enregistré",
    "t.lost": "Tout ne tient pas dans l’autre format :",
    "t.lost-seen": "D’accord",
    "t.step-about": "Étiquettes et référentiels de cette étape",
    "t.step-tags": "Étiquettes de cette étape (une par ligne)",
    "t.step-standards": "Référentiels que sert cette étape",
    "t.step-standards-hint": "Un référentiel que ne sert aucune étape vaut pour toute la leçon.",
    "t.with-tag": "Étiquette : {tag}",
    "t.with-standard": "Référentiel : {standard}",
    "t.without": "Ne plus limiter à : {what}",
  },
  ar: {
    "t.find": "البحث عن دروس",
    "t.find-go": "بحث",
    "t.find-hint": "كلمات من العنوان أو الوسوم أو المعايير أو النص",
    "t.mine-only": "دروسي فقط",
    "t.none-found": "لا درس يحوي كل هذه الكلمات.",
    "t.draft": "مسودة",
    "t.published": "منشور",
    "t.draft-beside": "منشور، مع مسودة",
    "t.private": "أنا وحدي أجده",
    "t.shared": "مشترك مع المدرسة",
    "t.visibility": "من يجده",
    "t.copy": "نسخ",
    "t.look": "عرض",
    "t.publish": "نشر",
    "t.published-now": "تم النشر. تبدأ الجلسات من هذا الإصدار.",
    "t.starts-from": "تبدأ الجلسات من الإصدار {n} حتى تنشر هذه المسودة.",
    "t.colleagues": "هذا الدرس لأحد الزملاء. انسخه لتغييره.",
    "t.tags": "الوسوم (واحد في كل سطر)",
    "t.standards": "المعايير (واحد في كل سطر: الإطار | الرمز | العنوان)",
    "t.versions": "الإصدارات",
    "t.version-n": "الإصدار {n}",
    "t.restore": "التحرير انطلاقًا من هذا الإصدار",
    "t.restored": "في المحرر الآن الإصدار {n}. احفظه للإبقاء عليه.",
    "t.picture": "إضافة صورة",
    "t.picture-alt": "ما تعرضه الصورة بالكلمات",
    "t.picture-file": "ملف الصورة",
    "t.picture-hint": "‏JPEG أو PNG أو WebP حتى 8 ميغابايت. اكتب أولًا ما تعرضه.",
    "t.export": "تصدير ما حُفظ",
    "t.lost": "لا يتسع التنسيق الآخر لكل شيء:",
    "t.lost-seen": "حسنًا",
    "t.step-about": "وسوم هذه الخطوة ومعاييرها",
    "t.step-tags": "وسوم هذه الخطوة (واحد في كل سطر)",
    "t.step-standards": "المعايير التي تخدمها هذه الخطوة",
    "t.step-standards-hint": "المعيار الذي لا تخدمه أي خطوة هو معيار الدرس كله.",
    "t.with-tag": "الوسم: {tag}",
    "t.with-standard": "المعيار: {standard}",
    "t.without": "إلغاء الاقتصار على: {what}",
  },
  uk: {
    "t.find": "Знайти уроки",
    "t.find-go": "Шукати",
    "t.find-hint": "Слова з назви, міток, стандартів або тексту",
    "t.mine-only": "Лише мої",
    "t.none-found": "Жоден урок не має всіх цих слів.",
    "t.draft": "Чернетка",
    "t.published": "Опубліковано",
    "t.draft-beside": "Опубліковано, є чернетка",
    "t.private": "Знаходжу лише я",
    "t.shared": "Спільний для школи",
    "t.visibility": "Хто його знаходить",
    "t.copy": "Копіювати",
    "t.look": "Переглянути",
    "t.publish": "Опублікувати",
    "t.published-now": "Опубліковано. Заняття починаються з цієї версії.",
    "t.starts-from": "Заняття починаються з версії {n}, доки ви не опублікуєте цю чернетку.",
    "t.colleagues": "Це урок колеги. Скопіюйте його, щоб змінити.",
    "t.tags": "Мітки (одна на рядок)",
    "t.standards": "Стандарти (один на рядок: програма | код | назва)",
    "t.versions": "Версії",
    "t.version-n": "Версія {n}",
    "t.restore": "Редагувати з цієї версії",
    "t.restored": "У редакторі тепер версія {n}. Збережіть, щоб її залишити.",
    "t.picture": "Додати зображення",
    "t.picture-alt": "Що показує зображення, словами",
    "t.picture-file": "Файл зображення",
    "t.picture-hint": "JPEG, PNG або WebP до 8 МБ. Спершу опишіть, що воно показує.",
    "t.export": "Експортувати збережене",
    "t.lost": "Не все вміщується в інший формат:",
    "t.lost-seen": "Гаразд",
    "t.step-about": "Мітки та стандарти цього кроку",
    "t.step-tags": "Мітки цього кроку (одна на рядок)",
    "t.step-standards": "Стандарти, яким служить цей крок",
    "t.step-standards-hint": "Стандарт, якому не служить жоден крок, стосується всього уроку.",
    "t.with-tag": "Мітка: {tag}",
    "t.with-standard": "Стандарт: {standard}",
    "t.without": "Більше не лише: {what}",
  },
};
