import { useState } from "preact/hooks";
import { text } from "../text";
import { ThemeSwitch } from "../ui/theme";
import { byName, byToken, endOf, type Person } from "./person";

/** The door: a name where the server takes names, or a token. */
export function SignIn({ onSignIn, failed }: { onSignIn: (person: Person) => void; failed: string }) {
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState("");
  const end = token ? endOf(token.trim()) : null;
  const enter = (event: SubmitEvent): void => {
    event.preventDefault();
    setWrong("");
    if (!token.trim()) {
      byName(name.trim()).then(onSignIn, (error: Error) => setWrong(error.message));
      return;
    }
    const ends = endOf(token.trim());
    if (!ends) return setWrong(text.signIn.noToken);
    if (ends < new Date()) return setWrong(text.signIn.ended(ends.toLocaleString()));
    onSignIn(byToken(token.trim()));
  };
  const why = wrong || failed;
  return (
    <main class="door">
      <form onSubmit={enter}>
        <h1>{text.name}</h1>
        <p>{text.signIn.intro}</p>
        <label>
          {text.signIn.name}
          <input
            name="name"
            dir="auto"
            autocomplete="username"
            autofocus
            required={!token}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <details>
          <summary>{text.signIn.token}</summary>
          <textarea
            name="token"
            rows={4}
            spellcheck={false}
            autocomplete="off"
            aria-label={text.signIn.token}
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          {end ? <p class="hint">{text.signIn.ends(end.toLocaleString())}</p> : null}
        </details>
        {why ? (
          <p class="wrong" role="alert">
            {why}
          </p>
        ) : null}
        <button type="submit">{text.signIn.enter}</button>
      </form>
      <ThemeSwitch />
    </main>
  );
}
