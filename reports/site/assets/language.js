const root = document.documentElement
const { settings, parts } = window.chainatlas
const single = root.dataset.single === 'yes'
const listeners = []

/** Language shown now, `zh-CN` or `en`. */
const language = () => root.dataset.language

/** Text of a key in the language shown, `{name}` places filled in; undefined if there is none. */
function say(key, places = {}) {
  const text = settings.texts[language()][key]
  return text?.replace(/\{(\w+)(:[^}]*)?\}/g, (_, name) => places[name])
}

/** Call `listener` after the language or the colours have changed. */
const whenChanged = (listener) => listeners.push(listener)
const tellChange = () => listeners.forEach((listener) => listener())

/** Storage may be refused to files; then the choice holds for the page. */
function remembered(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`chainatlas.${name}`)
    localStorage.setItem(`chainatlas.${name}`, value)
  } catch {}
  return null
}

function showLanguage(wanted) {
  root.dataset.language = root.lang = wanted
  const suffix = wanted.startsWith('zh') ? 'Zh' : 'En'
  for (const element of document.querySelectorAll('[data-label-zh]')) {
    element.setAttribute('aria-label', element.dataset[`label${suffix}`])
  }
  const shown = document.querySelector('.page:not([hidden]), main')
  const heading = shown.querySelector(`h1 [lang="${wanted}"]`)
  if (heading) document.title = `${heading.textContent} · 链图`
}

function showTheme(wanted) {
  if (wanted) root.dataset.theme = wanted
  else delete root.dataset.theme
}

const isDark = () =>
  root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
