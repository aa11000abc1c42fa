//! The live reporter: on a terminal, what runs and what it waits for, reds at once, and a summary that fits the screen.
//!
//! Does not: know what it looks at from anywhere but the log, or print a line for what is green.

mod canvas;
mod frame;
mod state;

#[cfg(test)]
mod frame_tests;

pub use frame::Size;
pub use state::Forecast;

use crate::red::Red;
use crate::{Closing, Paint, Reporter, fit, red, screenful, told};
use canvas::Canvas;
use harness_model::event::{Event, Record};
use harness_model::gates::Gate;
use harness_model::report::{CaseReport, RunReport};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use jiff::Timestamp;
use state::Live;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a frame is drawn, in a second.
const RATE: u8 = 10;

/// A terminal to draw on.
pub struct Screen {
    /// Where its characters go.
    pub out: Box<dyn Write + Send>,
    /// How large it is, asked whenever something is drawn.
    pub size: Arc<dyn Fn() -> Size + Send + Sync>,
    /// Whether it shows colours.
    pub paint: Paint,
    /// What time it is there: that of the run, also when it is shown again.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The live reporter.
pub struct Terminal {
    live: Arc<Mutex<Live>>,
    bar: ProgressBar,
    size: Arc<dyn Fn() -> Size + Send + Sync>,
    paint: Paint,
    report: RunReport,
}

impl Terminal {
    /// Draws on a terminal, from now on and until the run is over.
    pub fn new(screen: Screen, forecast: Forecast) -> Self {
        let Screen { out, size, paint, clock } = screen;
        let live = Arc::new(Mutex::new(Live::new(forecast)));
        let (asked, drawn) = (Arc::clone(&size), Arc::clone(&live));
        let canvas = Canvas::new(out, Box::new(move || asked()));
        let asked = Arc::clone(&size);
        let draw = move |_: &ProgressState, text: &mut dyn fmt::Write| {
            let live = drawn.lock().unwrap_or_else(PoisonError::into_inner);
            // indicatif takes a text, and writing to one cannot fail.
            text.write_str(&frame::lines(&live, clock(), asked(), paint).join("\n")).ok();
        };
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(canvas), RATE);
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::default_bar();
        bar.set_style(style.clone().template("{frame}").unwrap_or(style).with_key("frame", draw));
        Self { live, bar, size, paint, report: RunReport::default() }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines that stay, above the frame.
    fn say(&self, lines: &[String]) {
        if !lines.is_empty() {
            self.bar.println(lines.join("\n"));
        }
    }
}

impl Reporter for Terminal {
    fn event(&mut self, record: &Record) {
        self.live().apply(record);
        self.report.apply(&record.event);
        let room = (self.size)().room();
        let told = told::lines(&record.event, Paint::Never).into_iter();
        let mut lines: Vec<String> =
            told.flat_map(|line| fit::rows(&crate::shown::one_line(&line), room, "  ")).collect();
        match &record.event {
            // Before that there is nothing to draw, and nobody who could be interrupted.
            Event::RunStarted { .. } => self.bar.enable_steady_tick(Duration::from_secs(1) / u32::from(RATE)),
            Event::CaseEnded { case, ending, elapsed } if ending.verdict.is_red() => {
                let known = self.report.cases.get(case);
                let gate = known.map_or(Gate::Required, |known| self.report.gate(known));
                let class = known.and_then(CaseReport::cause).map(|cause| cause.class);
                let red = Red { case, gate, verdict: ending.verdict, class };
                lines.extend(red::at_once(red, ending, *elapsed, room, self.paint));
            }
            _ => {}
        }
        self.say(&lines);
    }

    fn notice(&mut self, line: &str) {
        let room = (self.size)().room();
        self.say(&fit::rows(line, room, "  "));
    }

    fn finished(&mut self, report: &RunReport, closing: Closing<'_>) {
        self.bar.disable_steady_tick();
        let rows = screenful::rows(report, closing, (self.size)(), self.paint);
        // The frame goes, and the summary stays above where it was.
        self.say(&rows);
        self.bar.finish_and_clear();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
