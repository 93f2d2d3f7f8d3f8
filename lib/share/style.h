// The looks of a shared page: each colour once, for light and for dark.
#pragma once

#include <string_view>

namespace pk::share {

inline constexpr std::string_view k_style = R"(
:root{color-scheme:light dark;--bg:#fff;--bg-code:#f7f7f8;--bg-hover:#f3f4f7;--bg-chip:#eceef3;--line:#e3e4e8;--line-strong:#8b8f9a;--text:#1b1d22;--text-2:#565b66;--accent:#4453c8;--good:#16713c;--warn:#8a5a00;--bad:#b3261e;--bg-good:#e4f3e9;--bg-warn:#fbf1dc;--bg-bad:#fbeceb;--bar-gateway:#9aa0b0;--bar-wait:#d5d7de;--bar-provider:#8791e0;--json-key:#3a48b8;--json-text:#16713c;--json-number:#8a5a00}
@media (prefers-color-scheme:dark){:root{--bg:#131418;--bg-code:#191b20;--bg-hover:#1e2027;--bg-chip:#292c35;--line:#2a2d35;--line-strong:#747a88;--text:#e6e7eb;--text-2:#a9aebb;--accent:#98a4ff;--good:#62c98a;--warn:#e0ad52;--bad:#ff8f86;--bg-good:#17321f;--bg-warn:#352912;--bg-bad:#3a1f1f;--bar-gateway:#767c8c;--bar-wait:#393d48;--bar-provider:#5a66b8;--json-key:#a8b2ff;--json-text:#7fd3a0;--json-number:#e0ad52}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:960px;margin:0 auto;padding:24px 24px 64px}
h1,h2,h3,p,dl,dd,pre,figure{margin:0}
h1{font-size:20px;line-height:28px;font-weight:600;overflow-wrap:anywhere}
h2{font-size:16px;line-height:24px;font-weight:600}
h3{font-size:12px;line-height:16px;font-weight:600;color:var(--text-2);margin-bottom:4px;overflow-wrap:anywhere}
code,pre,.mono,.lane-label{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,"DejaVu Sans Mono","Liberation Mono",monospace;font-size:12px}
.quiet{color:var(--text-2)}
.bad{color:var(--bad)}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;font-size:12px;color:var(--text-2);padding-bottom:16px}
.title{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}
.figures{display:flex;flex-wrap:wrap;gap:12px 40px;margin:16px 0}
.figures dt{font-size:12px;line-height:16px;color:var(--text-2)}
.figures dd{font-size:16px;line-height:24px}
.figures .quiet{font-size:12px}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 24px;margin:16px 0}
.facts dt{color:var(--text-2)}
.facts dd{overflow-wrap:anywhere;unicode-bidi:plaintext}
.tag{display:inline-block;padding:0 6px;border-radius:4px;background:var(--bg-chip);font-size:12px;line-height:20px;max-width:100%;overflow-wrap:anywhere}
.tag.good{background:var(--bg-good);color:var(--good)}
.tag.warn{background:var(--bg-warn);color:var(--warn)}
.tag.bad{background:var(--bg-bad);color:var(--bad)}
.note{padding:8px 12px;border-left:2px solid var(--line-strong);color:var(--text-2);max-width:72ch;margin:16px 0}
.note.bad{border-color:var(--bad);color:var(--bad);overflow-wrap:anywhere}
.timeline{margin:16px 0;padding:8px 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.lane{display:grid;grid-template-columns:minmax(88px,132px) minmax(0,220px) minmax(96px,1fr) 132px;column-gap:12px;align-items:center;min-height:28px}
.lane-label,.lane-what{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane-bar{position:relative;height:28px;overflow:hidden;border-radius:2px}
.bar{position:absolute;top:9px;height:10px;min-width:2px;border-radius:2px}
.gateway{background:var(--bar-gateway)}.wait{background:var(--bar-wait)}.provider{background:var(--bar-provider)}.cache{background:var(--good)}
.first-token{position:absolute;top:2px;bottom:2px;width:2px;margin-left:-1px;background:var(--accent)}
.lane-time{font-size:12px;color:var(--text-2);text-align:right;white-space:nowrap}
.legend{display:flex;flex-wrap:wrap;gap:0 16px;padding-top:4px;font-size:12px;color:var(--text-2)}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.legend i.mark{width:2px;background:var(--accent)}
.lane-error{grid-column:2/-1;padding-bottom:4px;overflow-wrap:anywhere}
.block{border-top:1px solid var(--line);padding:12px 0}
.block>summary{cursor:pointer;font-size:16px;line-height:24px;font-weight:600;border-radius:4px}
.block>summary .quiet{font-weight:400;font-size:12px}
.block>summary:hover{background:var(--bg-hover)}
.block>.inside{padding-top:12px}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.turn{border-left:2px solid var(--line);padding:0 0 4px 12px;margin-bottom:16px}
.turn.said{border-color:var(--accent)}
.turn.failed{border-color:var(--bad)}
.words{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;max-width:84ch}
.fold{margin:4px 0}
.fold>summary{cursor:pointer;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.fold>summary code{color:var(--text-2)}
.json{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--bg-code);border:1px solid var(--line);border-radius:4px;padding:12px;line-height:20px;margin:4px 0}
.json b{font-weight:400;unicode-bidi:isolate}
.json .key{color:var(--json-key)}.json .text{color:var(--json-text)}.json .number{color:var(--json-number)}
.media{display:inline-block;border:1px dashed var(--line-strong);border-radius:4px;padding:3px 10px;margin:2px 0;max-width:100%;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:4px 0 16px}
td{border-top:1px solid var(--line);padding:4px 16px 4px 0;vertical-align:top;overflow-wrap:anywhere;font-size:12px;line-height:20px}
td:first-child{white-space:nowrap;color:var(--text-2);width:1%}
.dead{max-width:480px;padding-top:96px}
@media (max-width:720px){main{padding:16px 16px 48px}.lane{grid-template-columns:minmax(72px,110px) minmax(0,1fr) max-content}.lane-what{grid-column:1/-1;grid-row:2}.lane-what:empty{display:none}.lane-error{grid-column:1/-1}.facts{column-gap:16px}td:first-child{white-space:normal;width:34%}}
@media print{.block>summary{break-after:avoid}}
)";

}  // namespace pk::share
