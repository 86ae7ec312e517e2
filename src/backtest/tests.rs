//! What holds for a backtest as a whole.

use super::*;
use crate::error::Result;
use crate::panel::Panel;
use crate::quantity::Normal;
use crate::random::{Key, normal_at};
use crate::series::Series;
use crate::time::Year;

/// Growth with persistence 0.3, a drift and a spread of its own for each unit.
fn unit(number: u64) -> (String, Series) {
    let key = Key::new(number, "test", "backtest");
    let (drift, sd) = (0.01 * normal_at(key, 0, 1), 0.01 * (2.0 + normal_at(key, 1, 1)).abs() + 0.01);
    let (mut z, mut x) = (0.0, drift);
    let values = (0..45).map(|k| {
        x = drift + 0.3 * (x - drift) + sd * normal_at(key, 2 + k, 1);
        z += x;
        (Year(1970 + k as i32), z)
    });
    (format!("unit {number:02}"), Series::new(values))
}

fn panel(numbers: impl IntoIterator<Item = u64>) -> Panel {
    Panel::new(numbers.into_iter().map(unit)).expect("a panel")
}

fn models() -> Vec<Box<dyn Forecaster>> {
    let mut models = reference::closed_form();
    models.push(Box::new(reference::Ar1Bayes { paths: 99 }));
    models
}

fn run(panel: &Panel) -> Record {
    let backtest = Backtest::new(panel, Protocol::new(1995..=2009, 5).window(Window::Last(20)));
    backtest.seed(3).event(Event::average_growth(0.02, 5)).run(&models()).expect("a record")
}

#[test]
fn the_order_of_the_units_changes_nothing() {
    assert_eq!(run(&panel(0..12)), run(&panel((0..12).rev())));
}

#[test]
fn threads_change_nothing() {
    let panel = panel(0..8);
    let protocol = Protocol::new(1995..=2009, 5);
    let on = |threads| Backtest::new(&panel, protocol).threads(threads).run(&models()).expect("a record");
    assert_eq!(on(1), on(3));
}

#[test]
fn another_unit_leaves_draws_alone() {
    let of = |record: &Record| -> Vec<Score> {
        let model = record.model("AR1-bayes").expect("it was run");
        let cases = record.cases.iter().zip(&model.scores);
        cases.filter(|(case, _)| case.unit == "unit 01").map(|(_, score)| score.clone()).collect()
    };
    let few = of(&run(&panel(0..4)));
    assert_eq!(few.len(), 15);
    assert_eq!(few, of(&run(&panel(0..9))));
    let four = panel(0..4);
    let other = Backtest::new(&four, Protocol::new(1995..=2009, 5).window(Window::Last(20)));
    let other = other.seed(4).event(Event::average_growth(0.02, 5)).run(&models()).expect("a record");
    assert_ne!(few, of(&other));
}

#[test]
fn every_owner_of_draws_has_its_own() {
    let draws = |seed, model, origin| Draws { seed, model, origin: Year(origin) };
    let one = draws(1, "a", 1990);
    let others = [draws(2, "a", 1990), draws(1, "b", 1990), draws(1, "a", 1991)];
    let mut keys: Vec<Key> = others.iter().map(|other| other.unit("x")).collect();
    keys.extend([
        one.unit("x"),
        one.unit("y"),
        one.pooled(),
        others[0].pooled(),
        others[1].pooled(),
        others[2].pooled(),
    ]);
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 9);
}

#[test]
fn the_simulated_model_agrees_with_its_closed_form() {
    // One year ahead the posterior predictive law of the AR(1) is a t law with n - 3 degrees of freedom (Zellner 1971,
    // section 3.2.1); with a slope far from 1 no draw is dropped.
    let one = panel([5]);
    let training = Protocol::new(2009..=2009, 1).window(Window::Last(20)).training(&one, Year(2009));
    let x = training.units[0].changes();
    let (before, after) = (&x[..19], &x[1..]);
    let mean = |v: &[f64]| v.iter().sum::<f64>() / 19.0;
    let spread: f64 = before.iter().map(|b| (b - mean(before)).powi(2)).sum();
    let slope =
        before.iter().zip(after).map(|(b, a)| (b - mean(before)) * (a - mean(after))).sum::<f64>() / spread;
    let fitted = |b: f64| mean(after) + slope * (b - mean(before));
    let rss: f64 = before.iter().zip(after).map(|(b, a)| (a - fitted(*b)).powi(2)).sum();
    let scale = (rss / 17.0 * (1.0 + 1.0 / 19.0 + (x[19] - mean(before)).powi(2) / spread)).sqrt();
    assert!(slope.abs() < 0.5, "{slope}");

    let model = reference::Ar1Bayes { paths: 40_000 };
    let draws = Draws { seed: 1, model: "AR1-bayes", origin: Year(2009) };
    let fit = model.fit(&training, draws).expect("a fit");
    let Forecast::Paths(mut ends) = fit.forecast(0).expect("a forecast") else { panic!("paths") };
    ends.sort_unstable_by(f64::total_cmp);
    let centre = training.units[0].state + fitted(x[19]);
    // Quantiles at 10 and 90 %: t with 17 degrees of freedom, 1.3334 (R 4.2.2, qt(0.9, 17)), whose density there is 0.1626;
    // four standard errors are 4 * 0.3 / 200 / 0.1626 = 0.037 scales. At the median: 4 * 0.5 / 200 / 0.393 = 0.026.
    for (place, quantile, tolerance) in
        [(4_000, -1.333_379, 0.037), (20_000, 0.0, 0.026), (36_000, 1.333_379, 0.037)]
    {
        let found = (ends[place] - centre) / scale;
        assert!((found - quantile).abs() < tolerance, "{place}: {found} for {quantile}");
    }
}

#[test]
fn progress_comes_to_its_end() {
    let panel = panel(0..3);
    let last = std::sync::atomic::AtomicU64::new(0);
    let backtest = Backtest::new(&panel, Protocol::new(1995..=1999, 5)).on_progress(|progress| {
        assert_eq!(progress.total, 25);
        last.fetch_max(progress.done, std::sync::atomic::Ordering::Relaxed);
    });
    backtest.run(&reference::closed_form()).expect("a record");
    drop(backtest);
    assert_eq!(last.into_inner(), 25);
}

/// Gives the law that it is told to.
struct Fixed(&'static str, f64);

impl Forecaster for Fixed {
    fn name(&self) -> &str {
        self.0
    }

    fn fit<'t>(&'t self, training: &'t Training<'_>, _: Draws<'t>) -> Result<Box<dyn Fitted + 't>> {
        let law = Forecast::Normal(Normal { mean: self.1, sd: 1.0 });
        Ok(Box::new(vec![law; training.units.len()]))
    }
}

#[test]
fn what_cannot_be_run_is_said() {
    let three = panel(0..3);
    let protocol = Protocol::new(1995..=1999, 5);
    let said = |panel: &Panel, protocol, models: &[Fixed]| {
        Backtest::new(panel, protocol).run(models).expect_err("refused").to_string()
    };
    let good = || Fixed("good", 0.0);
    for (text, part) in [
        (said(&three, protocol, &[]), "no model was given"),
        (said(&three, protocol, &[good(), good()]), "two models are called `good`"),
        (said(&three, protocol.fewest(1), &[good()]), "error: fewest: "),
        (said(&three, Protocol::new(1900..=1910, 5), &[good()]), "no unit of the panel has both"),
        (said(&Panel::default(), protocol, &[good()]), "no unit of the panel has both"),
        (
            said(&three, protocol, &[good(), Fixed("bad", f64::NAN)]),
            "bad, origin 1995, unit 00: forecast: the forecast cannot be scored",
        ),
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let alone =
        Backtest::new(&panel([1]), protocol).run(&[reference::EbAr]).expect_err("nobody to pool with");
    assert!(alone.to_string().contains("EB-AR, origin 1995: panel: fewer than two units"), "{alone}");
    let none = Backtest::new(&three, protocol).threads(0).run(&[good()]).expect_err("no threads");
    assert!(none.to_string().contains("0 threads were asked for"), "{none}");
}

#[test]
fn past_targets_are_judged_as_at_their_base_year() {
    let csv = "region,plan,indicator,kind,base_year,target_year,target,met\n\
        a,P,GDP growth,average,2000,2004,3.0,1\na,P,GDP growth,terminal,2000,2004,3.0,1\n\
        b,P,GDP growth,average,2000,2004,3.0,0\na,P,GDP growth,average,1975,1980,3.0,0\na,P,Energy,terminal,2000,2004,1,0\n";
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), csv).expect("written");
    let targets = plans::read(file.path()).expect("targets");
    // Levels that grow by 2 and 4 % in turn.
    let mut level = 100.0;
    let levels = (1970..=2010).map(|year| {
        level *= if year % 2 == 0 { 1.02 } else { 1.04 };
        (Year(year), level)
    });
    let panel = Panel::new([("a".to_owned(), Series::new(levels))]).expect("a panel");
    let judge = plans::Judge {
        indicator: "GDP growth",
        measure: plans::PlanMeasure::AverageGrowth,
        panel: &panel,
        link: crate::link::Link::Log,
        protocol: Protocol::new(0..=0, 1).window(Window::Last(20)),
    };
    let record = plans::judge(&targets, &[judge], &[reference::RwdPlugin], 1).expect("a record");
    assert_eq!(record.judged.len(), 1);
    // The mean of 20 increments is (ln 1.02 + ln 1.04) / 2, their sd sqrt(20/19) (ln 1.04 - ln 1.02) / 2; Python 3.11,
    // statistics.NormalDist().cdf((4 * m - 4 * log(1.03)) / (2 * s)).
    assert!((record.judged[0].1[0] - 0.49622484328389804).abs() < 1e-9, "{}", record.judged[0].1[0]);
    let reasons: Vec<&str> = record.left_out.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "of kind terminal, not average",
            "b is not in the panel",
            "fewer than 20 yearly changes before the base year",
            "no panel of Energy"
        ]
    );
    let brier = record.brier("RWD-plugin").expect("one target");
    assert!((brier.score - (1.0 - record.judged[0].1[0]).powi(2)).abs() < 1e-15);

    let bad = "region,plan,indicator,kind,base_year,target_year,target,met\na,P,G,average,2000,2000,3.0,1\na,P,G,average,2000,2004,x,1\n\
        a,P,G,average,2000,2004,1,yes\n";
    std::fs::write(file.path(), bad).expect("written");
    let said = plans::read(file.path()).expect_err("three faults").to_string();
    assert!(said.contains(":2: the target year 2000 is not after") && said.contains("3 faults"), "{said}");
}
