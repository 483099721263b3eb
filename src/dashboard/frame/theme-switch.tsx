import { useState } from 'preact/hooks';
import { text } from '../texts';
import { chooseTheme, storedTheme, type Theme, themes } from '../theme';

export function ThemeSwitch({ isShort }: { readonly isShort: boolean }) {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label class={`theme-switch ${isShort ? 'short' : ''}`}>
      <span class={isShort ? 'off-screen' : 'muted'}>{text.frame.theme}</span>
      <select
        value={theme}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Theme;
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {text.frame.themes[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
