// Under which address the empty form of a survey is kept. The number of the survey is all of a code that it names.
export const SHELLS = "phieu-vo";

export const languageOf = (url) => url.searchParams.get("lang") || "vi";

// A code is the number of its survey, eleven digits of its own and a check digit.
export function shellOf(path, language) {
  const [, door, typed] = path.split("/");
  if (!typed || !/^[kg]$/i.test(door)) return null;
  if (door === "g") return `/phieu/vo/g-${typed}.${language}`;
  const digits = decodeURIComponent(typed).replace(/[\s.,/-]/g, "");
  return /^\d{16,20}$/.test(digits) ? `/phieu/vo/${digits.slice(0, -12)}.${language}` : null;
}

// The same for a page on which a slip is kept, however its code was typed. A link is itself, letter by letter.
export function pageOf(path) {
  const [, door, typed] = path.split("/");
  return door === "g" ? `/g/${decodeURIComponent(typed || "")}` : formerPageOf(path);
}

// Under which that was kept before, when a link too was taken for a code.
export function formerPageOf(path) {
  const [, door, typed] = path.split("/");
  return `/${door.toLowerCase()}/${decodeURIComponent(typed || "").replace(/[\s.,/-]/g, "").toUpperCase()}`;
}

// A slip is one household's; a link is anybody's, so what is chosen there is kept for each slip by itself.
export const isLink = (page) => page.startsWith("/g/");
export const idOf = (draft) => new URLSearchParams(draft.fields).get("_id");
