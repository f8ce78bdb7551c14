showTheme(remembered('theme'))
showLanguage(remembered('language') ?? language())

document.getElementById('language').addEventListener('click', () => {
  const other = settings.languages.find((name) => name !== language())
  showLanguage(other)
  remembered('language', other)
  tellChange()
})

document.getElementById('theme').addEventListener('click', () => {
  const wanted = isDark() ? 'light' : 'dark'
  showTheme(wanted)
  remembered('theme', wanted)
  tellChange()
})

const menu = document.getElementById('menu')
menu.addEventListener('click', () => {
  const open = menu.getAttribute('aria-expanded') !== 'true'
  menu.setAttribute('aria-expanded', String(open))
})
document.getElementById('sections').addEventListener('click', () => menu.setAttribute('aria-expanded', 'false'))

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tellChange)
addEventListener('hashchange', showAddress)
addEventListener('beforeprint', preparePrint)
showAddress().then(() => { root.dataset.started = 'yes' })
if (new URLSearchParams(location.search).has('print')) preparePrint().then(() => { root.dataset.ready = 'print' })
