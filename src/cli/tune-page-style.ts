/** The page's style, light or dark as the reader's system is. The plots take their colours from the variables. */
export const PAGE_STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: #f7f8fa; --card: #fff; --text: #1b2430; --soft: #5a6675; --line: #dde2e9; --grid: #e9edf2;
  --first: #1f6feb; --second: #c2410c; --third: #64748b; --good: #15803d; --good-ground: #e9f7ee;
  --warn: #9a5b00; --warn-ground: #fdf3e1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --card: #18202a; --text: #e6ebf2; --soft: #9aa7b6; --line: #2b3644; --grid: #26303c;
    --first: #6cabff; --second: #ff9d5c; --third: #8fa0b5; --good: #5ad07f; --good-ground: #14291c;
    --warn: #f0b65a; --warn-ground: #2c2312;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
main { max-width: 68rem; margin: 0 auto; padding: 2.25rem 1.25rem 3rem; }
header { margin-bottom: 1.5rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 .25rem; font-size: 1.0625rem; line-height: 1.35; }
p { margin: .35rem 0; }
.soft { color: var(--soft); overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .875rem; }
.card {
  min-width: 0; margin: 0 0 1rem; padding: 1.125rem 1.25rem; border: 1px solid var(--line); border-radius: .625rem;
  background: var(--card);
}
.advice { border-color: var(--good); background: var(--good-ground); }
.advice.none { border-color: var(--warn); background: var(--warn-ground); }
.advice h2 { font-size: 1.375rem; color: var(--good); }
.advice.none h2 { color: var(--warn); }
.advice ul { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.advice li { padding: .3rem .65rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--card); }
.failed { border-color: var(--second); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem; margin: 0 0 1rem; }
@media (max-width: 48rem) { .figures { grid-template-columns: repeat(2, 1fr); } }
.figures div { padding: .9rem 1.25rem; border: 1px solid var(--line); border-radius: .625rem; background: var(--card); }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { margin: 0; }
.figures .value { font-size: 1.5rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-bottom: 1rem; }
.plots > :first-child { grid-column: 1 / -1; }
.plots .card { margin: 0; }
.plots figcaption p { margin: 0; }
.plot { margin-top: .75rem; min-height: 17rem; }
.u-legend { margin-top: .35rem; text-align: left; font-variant-numeric: tabular-nums; }
.u-legend th::after { content: none !important; }
.u-legend .u-series:first-child:not(:has(.u-value:not(:empty))) { display: none; }
.u-legend .u-marker { border-radius: 50%; }
.u-legend .u-value { min-width: 4.5em; text-align: left; }
.u-hz .u-cursor-x, .u-hz .u-cursor-y { border-color: var(--soft); }
.u-select { background: none; }
.wide { overflow-x: auto; }
table.sizes { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.sizes caption { padding-bottom: .5rem; text-align: left; font-weight: 600; font-size: 1.0625rem; }
.sizes th, .sizes td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
.sizes thead th { color: var(--soft); font-size: .8125rem; font-weight: 500; vertical-align: bottom; white-space: normal; }
.sizes tbody tr:last-child > * { border-bottom: 0; }
.sizes .chosen > * { background: var(--good-ground); }
.sizes .chosen th { color: var(--good); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: .5rem 0 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { main { padding-top: 1.25rem; } .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .5rem; } }
@media print { body { background: none; } .card, .figures div { break-inside: avoid; } }
`
