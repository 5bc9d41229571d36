/** The report's one style sheet: for narrow and wide, light and dark, screen and paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #57606a; --page: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa5b1; --page: #14171c; --panel: #1d2229; --line: #3a424c; --link: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
.lead, figcaption, .note { color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: 1rem 0; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .5rem; margin: 1rem 0; }
dl > div { background: var(--panel); border-radius: .4rem; padding: .5rem .75rem; }
dt { font-size: .8rem; color: var(--soft); }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
figure { margin: 1.25rem 0; }
figcaption { font-size: .9rem; margin-bottom: .5rem; }
figcaption strong { display: block; color: var(--ink); font-size: 1rem; }
svg { display: block; max-width: 100%; height: auto; }
figure.narrow { display: inline-block; width: min(100%, 31.5rem); padding-right: 1.5rem; vertical-align: top; }
.table { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .84rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; font-weight: 600; }
td:has(code) { text-align: left; white-space: normal; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: normal; vertical-align: bottom; }
summary { cursor: pointer; margin: .5rem 0; }
code, pre { font: .85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: .4rem; padding: .75rem; overflow-x: auto; white-space: pre-wrap; }
@media print { nav, .skip { display: none; } section { break-inside: avoid; } }
`;
