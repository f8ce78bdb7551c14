'use strict'
const charts = JSON.parse(document.getElementById('charts').textContent)
const root = document.documentElement

function draw() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  const ink = getComputedStyle(document.body).color
  for (const place of document.querySelectorAll('.chart')) {
    const chart = charts[place.dataset.figure][root.dataset.language]
    const layout = {
      ...chart.layout,
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: dark ? 'rgba(255,255,255,.04)' : 'rgba(0,0,0,.02)',
      font: { family: getComputedStyle(document.body).fontFamily, color: ink },
    }
    Plotly.react(place, chart.data, layout, { responsive: true, displaylogo: false })
  }
}

document.getElementById('language').addEventListener('click', () => {
  const languages = ['zh-CN', 'en']
  root.dataset.language = languages[1 - languages.indexOf(root.dataset.language)]
  root.lang = root.dataset.language
  draw()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
draw()
