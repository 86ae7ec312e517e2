//! Are the shipped reference classes those that the shipped panels give, by the commands that `examples/reference_class.rs` names?

use plancast::calibrate::{DriftPrior, PersistencePrior, ReferenceClass};
use plancast::panel::{Columns, Panel};
use plancast::prelude::*;
use std::path::Path;

fn panel(file: &str) -> Panel {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/panel").join(file);
    Panel::read_csv(&path, &Columns::default()).unwrap()
}

/// Learns the class again from its panel; its texts are those of the file.
fn learned_again(name: &str, panel: &Panel, link: Link, from: i32) {
    let shipped = ReferenceClass::shipped(name).unwrap();
    let again = ReferenceClass::learn(&shipped.name, &shipped.source, panel, link, Some(Year(from))).unwrap();
    assert_eq!(again, shipped, "{name}: make it again as examples/reference_class.rs says");
}

#[test]
fn every_shipped_class_is_what_its_panel_gives() {
    let share = Link::Logit(Bounds { lower: 0.0, upper: 100.0 });
    learned_again("world-gdp", &panel("real-gdp.csv"), Link::Log, 1998);
    let research = panel("rd-share.csv").filter(|_, unit| unit.iter().next().is_some_and(|(_, x)| x >= 1.0));
    learned_again("world-rd-share", &research, share, 2005);
    let intensity = Panel::ratio(&panel("co2.csv"), &panel("real-gdp.csv")).unwrap();
    learned_again("world-carbon-intensity", &intensity, Link::Log, 1998);
}

#[test]
fn the_world_grows_as_its_mean_says() {
    // The mean yearly growth over all economies and years of the panel since 1998, each economy as much as another: 3.6 %; and its first
    // autocorrelation within economies is above 0 and below a half.
    let world = ReferenceClass::shipped("world-gdp").unwrap();
    let growth: Vec<f64> = panel("real-gdp.csv")
        .iter()
        .flat_map(|(_, unit)| {
            unit.iter()
                .filter_map(|(year, x)| Some((year, libm::log(x / unit.get(Year(year.0 - 1))?))))
                .filter(|(year, _)| year.0 >= 1998)
                .map(|(_, x)| x)
                .collect::<Vec<_>>()
        })
        .collect();
    let mean = growth.iter().sum::<f64>() / growth.len() as f64;
    let DriftPrior::Normal(drift) = world.prior.drift else { panic!("{:?}", world.prior.drift) };
    assert!((drift.mean - mean).abs() < drift.sd, "{} {mean}", drift.mean);
    let PersistencePrior::Known(phi) = world.prior.persistence else { panic!("{:?}", world.prior) };
    assert!((0.0..0.5).contains(&phi), "{phi}");
}
