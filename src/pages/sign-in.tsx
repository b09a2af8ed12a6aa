/** The fields of an account, and what was typed into a form. */
import { Field } from "./parts.tsx";
import { t } from "./text.ts";

export interface Credentials {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
}

export function SignInFields() {
  return (
    <>
      <Field id="school" label={t("c.school")}>
        <input id="school" name="school" required autoComplete="organization" dir="ltr" />
      </Field>
      <Field id="email" label={t("c.email")}>
        <input id="email" name="email" type="email" required autoComplete="username" dir="ltr" />
      </Field>
      <Field id="password" label={t("c.password")}>
        <input
          id="password"
          name="password"
          type="password"
          required
          autoComplete="current-password"
          dir="ltr"
        />
      </Field>
    </>
  );
}

export function credentialsIn(form: HTMLFormElement): Credentials {
  return {
    tenant: typed(form, "school"),
    email: typed(form, "email"),
    password: typed(form, "password"),
  };
}

/** What stands in the field of this name; nothing where there is none. */
export function typed(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
