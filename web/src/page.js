// This page: its address, its form, the language in which it is read.
import { $, all } from "./dom.js";
import { formerPageOf, isLink, pageOf } from "./shell.js";

export const main = document.querySelector("main");
export const form = $("phieu");
export const isForm = form && form.method && all("fieldset", form).length > 0;
export const language = document.documentElement.lang;
export const here = "?lang=" + language;
export const page = pageOf(location.pathname);
export const isOfHere = (one) => one.page === page || one.page === formerPageOf(location.pathname);
export const isShared = isLink(page);
