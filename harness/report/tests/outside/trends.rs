//! The page of trends in a browser.
//!
//! Does not: look at its data; `tests/trends.rs` does.

use super::driver::{Browser, Outcome};
use super::{FOCUS, HASH, until};
use serde_json::Value;

/// How many rows of arms there are, of both environments, and how many of cases.
const ARMS: &str = "return document.querySelectorAll('.of-arm').length";
const CASES: &str = "return document.querySelectorAll('.of-case').length";

/// The button that opens the cases of `codex` on `live`.
const CODEX: &str = ".opens[data-row='staging/live/codex']";

pub(crate) fn filters(browser: &Browser, address: &str) -> Outcome<()> {
    let both = |arms: usize, cases: usize| -> Outcome<()> {
        until(browser, ARMS, arms)?;
        until(browser, CASES, cases)
    };
    both(10, 0)?;
    until(browser, "return document.getElementById('found').textContent", "10 of 10")?;
    browser.click(CODEX)?;
    both(10, 2)?;
    until(browser, HASH, "#open=staging/live/codex")?;
    browser.click(".chip[data-state=red]")?;
    both(2, 2)?;
    until(browser, HASH, "#state=red&open=staging/live/codex")?;
    browser.reload()?;
    both(2, 2)?;
    until(
        browser,
        "return document.querySelector('.chip[data-state=red]').getAttribute('aria-pressed')",
        "true",
    )?;
    browser.click(".chip[data-state=void]")?;
    both(4, 2)?;
    browser.press("Escape")?;
    both(10, 0)?;
    until(browser, HASH, "")?;
    // A case, its arm stands for it; and a cause.
    browser.write("#search", "CODEX pause")?;
    both(2, 0)?;
    browser.click(CODEX)?;
    both(2, 1)?;
    browser.reload()?;
    both(2, 1)?;
    until(browser, "return document.getElementById('search').value", "CODEX pause")?;
    browser.go(&format!("{address}#q=last+seen"))?;
    both(2, 0)?;
    browser.go(&format!("{address}#q=nobody"))?;
    both(0, 0)?;
    until(browser, "return document.querySelectorAll('.empty').length", 2)
}

pub(crate) fn keys(browser: &Browser, _address: &str) -> Outcome<()> {
    let row = "return document.activeElement.dataset.row";
    let mark = |nth: usize, what: &str| {
        format!("return document.querySelectorAll('[data-name=codex] .marks .sign')[{nth}].{what}")
    };
    until(browser, &mark(4, "innerText"), "!")?;
    until(browser, &mark(4, "title"), "storm: run 20261114-070212-42c6ff04 of 2026-11-14 at 51aa9d6c8")?;
    until(
        browser,
        &mark(4, "getAttribute('aria-label')"),
        "storm: run 20261114-070212-42c6ff04 of 2026-11-14 at 51aa9d6c8",
    )?;
    until(
        browser,
        "return document.querySelector('[data-name=codex] svg title').textContent.slice(0, 48)",
        "median of each run: 2026-11-10 31.0 s, 2026-11-1",
    )?;
    until(browser, "return document.querySelectorAll('[data-name=codex] svg path').length", 2)?;
    browser.press("j")?;
    until(browser, row, "staging/live/claude-code/minimax")?;
    browser.press("j")?;
    browser.press("j")?;
    browser.press("k")?;
    until(browser, row, "staging/live/codex")?;
    browser.ask("document.activeElement.click()")?;
    until(browser, CASES, 2)?;
    until(browser, row, "staging/live/codex")?;
    browser.ask("document.activeElement.click()")?;
    until(browser, CASES, 0)?;
    browser.press("r")?;
    until(browser, ARMS, 2)?;
    browser.press("r")?;
    until(browser, ARMS, 10)?;
    browser.press("/")?;
    until(browser, FOCUS, "search")?;
    browser.write("#search", "j?r")?;
    until(browser, ARMS, 0)?;
    browser.press("Escape")?;
    until(browser, FOCUS, "main")?;
    browser.press("Escape")?;
    until(browser, ARMS, 10)?;
    browser.press("?")?;
    until(browser, "return document.getElementById('help').open", true)
}

pub(crate) fn hostile(browser: &Browser, _address: &str) -> Outcome<()> {
    let alien = "return document.querySelectorAll('main script, main img, main iframe, header img, header script').length";
    until(browser, alien, 0)?;
    browser.click(".opens")?;
    browser.click("summary")?;
    until(browser, CASES, 1)?;
    for text in ["<script>", "</script>", "\\u{1b}[31m", "\\u{202e}", "&amp;", "größer 🦀"] {
        let has = format!("return document.querySelector('main').innerText.includes({})", Value::from(text));
        until(browser, &has, true)?;
    }
    until(browser, alien, 0)?;
    until(browser, "return typeof window.hacked", "undefined")?;
    let wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    until(browser, wide, true)
}
