//! Charts of a backtest: were forecasts as sure as they had a right to be?
//!
//! Layer 8. [`pit`], [`coverage`] and [`reliability`] read a finished [`Record`]; [`all`] draws the three.
//! Cases of one origin share the shocks of the world, and those of neighbouring origins overlap: bands and intervals count them as the fewer independent
//! cases that say as much ([`Dependence`]).

mod coverage;
mod pit;
mod reliability;

use super::axes::Frame;
use super::canvas::{self, Canvas, Files};
use super::shape::Area;
use super::style::{Color, FUTURE, SECOND, THIRD};
use super::{Drawing, words};
use crate::backtest::{Dependence, Record};
use crate::error::{Error, Fault, Result};
use crate::label::{Label, Language};
use crate::outcome::format;
use std::path::Path;

/// Models in one chart, at most: one colour each.
const MOST: usize = 3;

/// What is shown of a record, and the words around it.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// The record.
    pub record: &'a Record,
    /// Names of the models, in this order; one to three.
    pub models: &'a [&'a str],
    /// What was forecast: "Real GDP of 180 economies, five years ahead".
    pub what: Label,
    /// Where the panel is from.
    pub source: Label,
    /// What the first event of the record is, for [`reliability`].
    pub event: Option<Label>,
    /// The language of the chart.
    pub language: Language,
}

/// Draws the PIT histogram of each model: in which tenth of its forecast law each outcome fell. Honest forecasts have a tenth of the outcomes in
/// each, give or take what chance does to so many cases (a band, 95 %).
///
/// # Errors
/// [`Error::Question`] for a model that is not in the record, none, or more than three; [`Error::Chart`] when a name holds a character
/// without a glyph; [`Error::Write`] when a file cannot be written.
pub fn pit(shown: &Shown<'_>, path: impl AsRef<Path>) -> Result<Files> {
    write(&pit::Pit(shown), shown, path.as_ref())
}

/// Draws, by decade of origins, which share of the outcomes the central 50, 80 and 90 % intervals held.
///
/// # Errors
/// As [`pit`].
pub fn coverage(shown: &Shown<'_>, path: impl AsRef<Path>) -> Result<Files> {
    write(&coverage::Coverage(shown), shown, path.as_ref())
}

/// Draws, for the first event of the record, how often it came when it was said to be so likely, with a 95 % interval.
///
/// # Errors
/// As [`pit`]; [`Error::Question`] for a record without an event.
pub fn reliability(shown: &Shown<'_>, path: impl AsRef<Path>) -> Result<Files> {
    write(&reliability::Reliability(shown), shown, path.as_ref())
}

/// Draws [`pit`], [`coverage`] and, where the record has an event, [`reliability`] into a folder; `name` begins the names of the files.
///
/// # Errors
/// Those of the charts; what was drawn before stays.
pub fn all(shown: &Shown<'_>, name: &str, folder: impl AsRef<Path>) -> Result<Vec<Files>> {
    let path = |chart: &str| folder.as_ref().join(format!("{name}-{chart}.svg"));
    let mut files = vec![pit(shown, path("pit"))?, coverage(shown, path("coverage"))?];
    if !shown.record.events.is_empty() {
        files.push(reliability(shown, path("reliability"))?);
    }
    Ok(files)
}

fn write(drawing: &dyn Drawing, shown: &Shown<'_>, path: &Path) -> Result<Files> {
    shown.check()?;
    canvas::draw(path, drawing.size()?, |canvas| drawing.draw(canvas))
}

impl Shown<'_> {
    /// Whether every model is in the record, and each has a colour.
    fn check(&self) -> Result<()> {
        let refused = |path: &str, problem: String| {
            let known: Vec<&str> = self.record.models.iter().map(|model| model.name.as_str()).collect();
            let remedy = format!("name one to {MOST} of: {}", known.join(", "));
            Err(Error::Question(Fault::new(path, problem).remedy(remedy)))
        };
        if self.models.is_empty() || self.models.len() > MOST {
            return refused("models", format!("{} models are named", self.models.len()));
        }
        match self.models.iter().find(|name| self.record.model(name).is_none()) {
            Some(name) => refused(name, "the record has no model of this name".into()),
            None => Ok(()),
        }
    }

    fn say(&self, en: &str, zh: &str) -> String {
        match self.language {
            Language::En => en.to_owned(),
            Language::Zh => zh.to_owned(),
        }
    }

    /// Title, what was forecast and from when, and the source; the room between them.
    fn frame(&self, canvas: &mut Canvas<'_>, title: &str) -> Result<Area> {
        let protocol = &self.record.protocol;
        let (first, last) = (protocol.first, protocol.last);
        let cases = format::count(self.record.cases.len() as u64);
        let over = self.say(
            &format!("origins {first}–{last}, {cases} cases"),
            &format!("预测起点{first}—{last}年，{cases}例"),
        );
        let subtitle = format!("{} · {over}", self.what.get(self.language));
        let source = format!(
            "{} · plancast {}",
            words::source(self.source.get(self.language), self.language),
            env!("CARGO_PKG_VERSION")
        );
        Frame { title, subtitle: &subtitle, source: &source }.draw(canvas)
    }

    /// As how many independent cases those of the record count.
    fn hang_together(&self, dependence: Option<Dependence>) -> String {
        let Some(dependence) = dependence else { return String::new() };
        let cases = self.record.cases.len() as f64 / dependence.inflation;
        // Two digits: more would say more of a rough number than is known.
        let rough = |x: f64| if x < 100.0 { x.round() } else { (x / 10.0).round() * 10.0 };
        let count = format::count(rough(cases) as u64);
        self.say(
            &format!("cases hang together: they count as some {count}"),
            &format!("各例相互关联：约相当于{count}个独立例"),
        )
    }

    /// The colour of a model, by its place.
    fn color(place: usize) -> Color {
        [FUTURE, THIRD, SECOND][place % MOST]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::{Backtest, Event, Protocol, reference};
    use crate::panel::Panel;
    use crate::series::Series;
    use crate::time::Year;

    fn record(event: bool) -> Record {
        let wavy = |k: i32| {
            (0..45).map(move |t| (Year(1970 + t), 0.04 * f64::from(t) + 0.02 * f64::from((t * (k + 2)) % 7)))
        };
        let units = (0..6).map(|k| (format!("u{k}"), Series::new(wavy(k))));
        let panel = Panel::new(units).unwrap();
        let mut backtest = Backtest::new(&panel, Protocol::new(1995..=2009, 5));
        if event {
            backtest = backtest.event(Event::average_growth(0.04, 5));
        }
        backtest.run(&reference::closed_form()).unwrap()
    }

    fn shown<'a>(record: &'a Record, models: &'a [&'a str], language: Language) -> Shown<'a> {
        let both = |en: &str, zh: &str| Label::both(en, Some(zh.to_owned()));
        let what = both("Towns, five years ahead", "城镇，预测五年");
        let event = Some(both("growth of 4 %", "增长4%"));
        Shown { record, models, what, source: both("made up", "虚构"), event, language }
    }

    #[test]
    fn every_chart_says_what_it_is_in_both_languages() {
        let record = record(true);
        let folder = tempfile::tempdir().unwrap();
        for (language, words) in [
            (
                Language::En,
                [
                    "Did outcomes fall",
                    "Did intervals hold",
                    "Said and met: growth of 4 %",
                    "75 cases",
                    "made up",
                ],
            ),
            (Language::Zh, ["实际值在预测", "预测区间是否", "预测概率与实际频率：增长4%", "75例", "虚构"]),
        ] {
            let files = all(&shown(&record, &["EB-AR", "RWD-t"], language), "towns", folder.path()).unwrap();
            assert_eq!(files.len(), 3);
            let texts: Vec<String> = files.iter().map(|f| std::fs::read_to_string(&f.svg).unwrap()).collect();
            for (k, text) in texts.iter().enumerate() {
                for word in [words[k], words[3], words[4], "RWD-t"] {
                    assert!(text.contains(word), "{word} is not in {}", files[k].svg.display());
                }
                assert!(std::fs::metadata(&files[k].png).unwrap().len() > 10_000);
            }
        }
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let record = record(false);
        let folder = tempfile::tempdir().unwrap();
        let ask = |models: &[&str]| {
            pit(&shown(&record, models, Language::En), folder.path().join("pit")).unwrap_err().to_string()
        };
        assert!(ask(&["EB-RA"]).contains("no model of this name") && ask(&["EB-RA"]).contains("EB-AR"));
        assert!(ask(&[]).contains("0 models") && ask(&["EB-AR"; 4]).contains("4 models"));
        let shown = shown(&record, &["EB-AR"], Language::En);
        let refused = reliability(&shown, folder.path().join("r")).unwrap_err().to_string();
        assert!(refused.contains("no event"), "{refused}");
        assert_eq!(all(&shown, "two", folder.path()).unwrap().len(), 2);
    }
}
