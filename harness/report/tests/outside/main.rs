//! Views outside: the page in a real browser, and the lines for a shell in a real shell.
//!
//! Does not: pass where the program is missing. Such a test is ignored, and says so.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what does not parse here fails its test, and what was measured is told"
)]

mod curl;
mod driver;
mod pages;
#[path = "../support/past.rs"]
mod past;
#[expect(dead_code, reason = "the runs of other tests are not looked at here")]
#[path = "../support/mod.rs"]
mod support;
mod trends;

use driver::{Browser, Outcome, programs};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything in a page may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// What makes a page.
type Page = fn() -> String;
/// What is tried with it in a browser.
type Test = fn(&Browser, &str) -> Outcome<()>;
/// What is tried in a shell.
type Line = fn() -> Outcome<Completion>;

/// Each with the page that it looks at.
const PAGES: [(&str, Page, Test); 9] = [
    ("browser::filters_are_in_the_address_and_a_reload_brings_them_back", pages::mixed, filters),
    ("browser::a_case_has_a_page_of_its_own_with_everything_that_is_told_of_it", pages::mixed, dossier),
    ("browser::every_key_does_what_the_help_says", pages::mixed, keys),
    ("browser::hostile_texts_are_shown_as_text_and_nothing_runs", pages::hostile, hostile),
    ("browser::a_thousand_cases_of_twenty_steps_open_at_once", || pages::many(1000), many),
    ("browser::colours_follow_a_switch_and_a_reload", pages::mixed, colours),
    (
        "trends::filters_and_open_arms_are_in_the_address_and_a_reload_brings_them_back",
        pages::trends,
        trends::filters,
    ),
    ("trends::every_key_does_what_the_help_says_and_a_mark_says_what_it_is", pages::trends, trends::keys),
    ("trends::hostile_texts_are_shown_as_text_and_nothing_runs", pages::hostile_trends, trends::hostile),
];

/// What a shell makes of the lines for one.
const LINES: [(&str, Line); 2] = [
    ("shell::every_word_is_read_as_it_was_written", curl::words),
    ("shell::the_line_of_an_exchange_sends_it_once_more", curl::again),
];

fn main() -> ExitCode {
    let browser: Arc<Mutex<Option<Browser>>> = Arc::default();
    let pages = PAGES.map(|(name, page, test)| {
        let browser = Arc::clone(&browser);
        Trial::ignorable_test(name, move || tried(&browser, page, test))
    });
    let lines = LINES.map(|(name, test)| {
        Trial::ignorable_test(name, move || test().map_err(|error| Failed::from(error.to_string())))
    });
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let conclusion = libtest_mimic::run(&arguments, lines.into_iter().chain(pages).collect());
    let started = browser.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Err(error)) = started.map(Browser::stop) {
        eprintln!("the browser did not end: {error}");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// A browser that is not there is no pass.
fn tried(shared: &Mutex<Option<Browser>>, page: Page, test: Test) -> Result<Completion, Failed> {
    let Some(programs) = programs() else {
        return Ok(Completion::ignored_with("no chromedriver and chromium: ci/tools installs them"));
    };
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = looked_at(&mut shared, programs, (page, test));
    outcome.map(|()| Completion::Completed).map_err(|error| Failed::from(error.to_string()))
}

fn looked_at(
    shared: &mut Option<Browser>,
    programs: [PathBuf; 2],
    (page, test): (Page, Test),
) -> Outcome<()> {
    let folder = TempDir::new()?;
    let file = folder.path().join("run.html");
    std::fs::write(&file, page())?;
    let address = format!("file://{}", file.display());
    if shared.is_none() {
        *shared = Some(Browser::start(programs)?);
    }
    let browser = shared.as_ref().ok_or("no browser")?;
    browser.go(&address)?;
    until(browser, "return Boolean(document.documentElement.dataset.ready)", true)?;
    test(browser, &address)?;
    quiet(browser)
}

/// No error and no violation of the page's policy was told to the console.
fn quiet(browser: &Browser) -> Outcome<()> {
    let said = browser.console()?;
    if said.is_empty() { Ok(()) } else { Err(format!("the console says {said:?}").into()) }
}

/// Waits until a script of the page gives this.
fn until(browser: &Browser, script: &str, expected: impl Into<Value>) -> Outcome<()> {
    let (expected, started) = (expected.into(), now());
    loop {
        let found = browser.ask(script)?;
        if found == expected {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            let address = browser.ask(HASH)?;
            return Err(format!("{script}\n  is      {found}\n  and not {expected}, at {address}").into());
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a browser has a clock of its own, and this is the patience of a test"
)]
fn now() -> Instant {
    Instant::now()
}

const ROWS: &str = "return document.querySelectorAll('#cases .list li').length";
const CELLS: &str = "return document.querySelectorAll('#matrix td a').length";
const HASH: &str = "return location.hash";
const FOCUS: &str = "return document.activeElement.id";

fn filters(browser: &Browser, _address: &str) -> Outcome<()> {
    let both = |rows: usize| -> Outcome<()> {
        until(browser, ROWS, rows)?;
        until(browser, CELLS, rows)
    };
    both(pages::MIXED)?;
    until(browser, "return document.title", "staging on live: exit 1")?;
    browser.click(".chip[data-verdict=failed]")?;
    both(2)?;
    until(browser, HASH, "#verdict=failed")?;
    browser.click(".chip[data-verdict=skipped]")?;
    both(3)?;
    browser.reload()?;
    both(3)?;
    let pressed =
        "return [...document.querySelectorAll('.chip[aria-pressed=true]')].map((one) => one.dataset.verdict)";
    until(browser, pressed, vec!["failed", "skipped"])?;
    browser.click("#f-arm option[value=hermes]")?;
    both(1)?;
    until(browser, HASH, "#verdict=failed,skipped&arm=hermes")?;
    browser.reload()?;
    until(browser, "return document.getElementById('f-arm').value", "hermes")?;
    both(1)?;
    browser.press("Escape")?;
    both(pages::MIXED)?;
    browser.click("#f-class option[value=provision]")?;
    both(1)?;
    // Out of the choice, and then everything again.
    browser.press("Escape")?;
    until(browser, FOCUS, "main")?;
    browser.press("Escape")?;
    both(pages::MIXED)?;
    browser.press("/")?;
    until(browser, FOCUS, "search")?;
    browser.write("#search", "codex TIMED")?;
    both(1)?;
    until(browser, HASH, "#q=codex+TIMED")?;
    browser.reload()?;
    until(browser, "return document.getElementById('search').value", "codex TIMED")?;
    both(1)
}

fn dossier(browser: &Browser, address: &str) -> Outcome<()> {
    let text = |selector: &str| format!("return document.querySelector('{selector}').innerText");
    browser.click(&format!("#matrix a[data-case='{}']", pages::RED))?;
    until(browser, HASH, format!("#case={}", pages::RED))?;
    until(browser, "return document.title", pages::RED)?;
    until(browser, &text("#class"), "provision")?;
    until(browser, "return document.querySelectorAll('#steps .line').length", 3)?;
    until(browser, "return document.querySelectorAll('#steps .track i.bad').length", 1)?;
    until(browser, &text("#trace .late"), "9.0 s of 5.0 s")?;
    until(browser, "return document.querySelectorAll('#past li').length", 1)?;
    until(browser, "return document.querySelectorAll('#evidence details').length", 1)?;
    until(browser, "return document.querySelectorAll('#exchanges details').length", 2)?;
    until(browser, "return document.querySelector('.curl')", Value::Null)?;
    browser.click("#exchanges details summary")?;
    let curl = "return document.querySelector('#exchanges .curl')?.textContent.split('\\n')[0]";
    until(browser, curl, "curl -sS -g -X 'POST' 'http://tenant.example/create' \\")?;
    browser.click("#exchanges .copy")?;
    until(browser, &text("#exchanges .copy"), "copied")?;
    browser.reload()?;
    until(browser, &text("#class"), "provision")?;
    browser.click("#back")?;
    until(browser, ROWS, pages::MIXED)?;
    browser.go(&format!("{address}#case=no::such"))?;
    until(browser, &text("[role=alert]"), "There is no case no::such in this run.")
}

fn keys(browser: &Browser, _address: &str) -> Outcome<()> {
    let escape = "Escape";
    browser.press("/")?;
    until(browser, FOCUS, "search")?;
    browser.write("#search", "j?r")?;
    until(browser, "return document.getElementById('search').value", "j?r")?;
    browser.press(escape)?;
    until(browser, FOCUS, "main")?;
    browser.press(escape)?;
    until(browser, ROWS, pages::MIXED)?;
    browser.press("r")?;
    until(browser, ROWS, 2)?;
    browser.press("r")?;
    until(browser, ROWS, pages::MIXED)?;
    browser.press("j")?;
    browser.press("j")?;
    browser.press("k")?;
    until(browser, "return document.activeElement.dataset.case", pages::RED)?;
    browser.ask("document.activeElement.click()")?;
    until(browser, HASH, format!("#case={}", pages::RED))?;
    browser.press("j")?;
    until(browser, HASH, format!("#case={}", pages::SECOND))?;
    browser.press("k")?;
    until(browser, HASH, format!("#case={}", pages::RED))?;
    browser.press("?")?;
    until(browser, "return document.getElementById('help').open", true)?;
    browser.ask("document.getElementById('help').close()")?;
    browser.press(escape)?;
    until(browser, ROWS, pages::MIXED)
}

fn hostile(browser: &Browser, _address: &str) -> Outcome<()> {
    let alien =
        "return document.querySelectorAll('main script, main img, main iframe, main b[onclick]').length";
    until(browser, alien, 0)?;
    browser.click("#cases .list a")?;
    for text in ["<script>", "</script>", "\\u{1b}[31m", "\\u{202e}", "&amp;", "größer 🦀"] {
        let has =
            format!("return document.getElementById('cause').innerText.includes({})", Value::from(text));
        until(browser, &has, true)?;
    }
    browser.click("#exchanges details summary")?;
    let megabyte =
        "return [...document.querySelectorAll('#exchanges pre')].some((one) => one.textContent.length > 1e6)";
    until(browser, megabyte, true)?;
    until(browser, alien, 0)?;
    until(browser, "return typeof window.hacked", "undefined")?;
    let wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    until(browser, wide, true)
}

fn colours(browser: &Browser, _address: &str) -> Outcome<()> {
    let page = "return getComputedStyle(document.body).backgroundColor";
    let light = browser.ask(page)?;
    browser.click("#theme")?;
    until(browser, "return document.documentElement.dataset.theme", "light")?;
    until(browser, page, light.clone())?;
    browser.click("#theme")?;
    until(browser, "return document.documentElement.dataset.theme", "dark")?;
    let dark = browser.ask(page)?;
    if dark == light {
        return Err(format!("dark is as light: {dark}").into());
    }
    // What a page keeps is written down behind its back, and one that is loaded at once may come too early to see it.
    let started = now();
    loop {
        browser.reload()?;
        let found = browser.ask(page)?;
        if found == dark {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(format!("after a reload it is {found} and not {dark}").into());
        }
    }
}

/// The page says how long it took; the bound is that of a machine with other things to do, the figure is printed.
fn many(browser: &Browser, _address: &str) -> Outcome<()> {
    until(browser, CELLS, 1000)?;
    until(browser, ROWS, 500)?;
    let ready = browser.ask("return Number(document.documentElement.dataset.ready)")?;
    let ready = ready.as_f64().ok_or("the page does not say when it was ready")?;
    eprintln!("1,000 cases of 20 steps: ready after {ready:.0} ms");
    if ready > 5000.0 {
        return Err(format!("it took {ready} ms").into());
    }
    // So much moves while the window scrolls to it that a pointer may miss it.
    browser.ask("document.querySelector('.more').click()")?;
    until(browser, ROWS, 1000)
}
