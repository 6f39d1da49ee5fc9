/**
 * The account panel: signs in once and lets every request go out in that person's name. The token stays in
 * this tab's session storage; headers written into a tab are never kept.
 */
import { useGraphiQLActions } from "@graphiql/react";
import { useState } from "react";

const KEY = "lobbycard.graphiql.token";
const NAME = "lobbycard.graphiql.person";

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (value, person) => {
    if (value) {
      sessionStorage.setItem(KEY, value);
      sessionStorage.setItem(NAME, person);
    } else {
      sessionStorage.removeItem(KEY);
      sessionStorage.removeItem(NAME);
    }
  },
};

const LOGIN = `mutation Login($input: LoginInput!) {
  login(input: $input) { tokens { accessToken } user { name role } userErrors { code message } }
}`;

async function signIn(endpoint, email, password, totpCode) {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: LOGIN, variables: { input: { email, password, totpCode: totpCode || null } } }),
  });
  const { data, errors } = await answer.json();
  const told = errors?.[0]?.message ?? data?.login?.userErrors?.[0]?.message;
  if (told || !data?.login?.tokens) throw new Error(told ?? "The sign-in was refused.");
  token.set(data.login.tokens.accessToken, `${data.login.user.name}, ${data.login.user.role.toLowerCase()}`);
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c1-5 4-7 8-7s7 2 8 7" />
    </svg>
  );
}

function makePanel(endpoint) {
  return function Panel() {
    const [person, setPerson] = useState(sessionStorage.getItem(NAME));
    const [fault, setFault] = useState("");
    const { introspect } = useGraphiQLActions();

    const submit = async (event) => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      try {
        await signIn(endpoint, form.get("email"), form.get("password"), form.get("totp"));
        setFault("");
        setPerson(sessionStorage.getItem(NAME));
        introspect();
      } catch (error) {
        setFault(error.message);
      }
    };
    const leave = () => {
      token.set(null);
      setPerson(null);
    };

    return (
      <section className="account">
        <h2>Account</h2>
        {person ? (
          <>
            <p>
              Requests go out as <strong>{person}</strong>.
            </p>
            <button type="button" className="graphiql-button" onClick={leave}>Sign out</button>
          </>
        ) : (
          <form onSubmit={submit}>
            <p>Requests go out without a name. Sign in, or write an Authorization header into a tab.</p>
            <label>E-mail <input name="email" type="email" autoComplete="username" required /></label>
            <label>Password <input name="password" type="password" autoComplete="current-password" required /></label>
            <label>Code of the second factor, if there is one <input name="totp" inputMode="numeric" autoComplete="one-time-code" /></label>
            <button type="submit" className="graphiql-button">Sign in</button>
            <p role="alert" className="fault">{fault}</p>
          </form>
        )}
      </section>
    );
  };
}

/** @param {string} endpoint */
export function accountPlugin(endpoint) {
  return { title: "Account", icon: Icon, content: makePanel(endpoint) };
}
