//! Will 60 % of the taxis be electric by 2030? With a growth process of one's own.
//!
//! ```text
//! cargo run --release --example own_process -- --paths 1000000
//! ```
//!
//! The presets know nothing of how a new product spreads, so this program brings the model of Bass (1969), Management
//! Science 15(5): those who buy for themselves (p) and those who follow others (q). Look at the two probabilities of
//! the first table: simulation and closed form agree within the Monte Carlo error; and at the second run, where p and q
//! are not known: the median hardly moves, the probability does.

use clap::Parser;
use plancast::math;
use plancast::prelude::*;
use plancast::process::{Step, StepView};
use plancast::stats::normal;

#[derive(Parser)]
struct Options {
    /// Number of simulated futures.
    #[arg(long, default_value_t = 200_000)]
    paths: u64,
}

/// Bass diffusion of a share F, exact over a year, with noise on the pace:
///
/// ```text
/// dF/dt = (p + q F) (1 - F)   =>   u[t] = u[t-1] exp(p + q + sigma eps[t]),   u = (p + q F) / (1 - F)
/// ```
///
/// The state that is stepped is x = ln(F / (1 - F)), the logit link of a share between 0 and 1.
#[derive(Debug, Clone)]
struct Bass {
    /// Innovation: share of the others that buys in a year whatever anybody does.
    p: Quantity,
    /// Imitation: what that share gains when all have bought.
    q: Quantity,
    /// Standard deviation of the pace, a year.
    sigma: f64,
}

impl Step for Bass {
    fn parameters(&self) -> Vec<(String, Quantity)> {
        vec![("p".into(), self.p.clone()), ("q".into(), self.q.clone())]
    }

    fn step(&self, view: &StepView<'_>, next: &mut [f64]) {
        for (path, next) in next.iter_mut().enumerate() {
            let (p, q) = (view.parameters[0][path], view.parameters[1][path]);
            let share = math::logistic(view.state[path]);
            let before = (p + q * share) / (1.0 - share);
            let after = before * math::exp(p + q + self.sigma * view.innovation[path]);
            // u = p is a share of nothing: however bad the year, something is left.
            let odds = (after - p).max(1e-9 * p) / (p + q);
            // What drivers, events and regimes add comes on top.
            *next = math::ln(odds) + view.pushed[path];
        }
    }
}

const START: f64 = 0.08;
const TARGET: f64 = 0.60;

fn plan(process: Bass) -> Result<Scenario> {
    Scenario::builder("Electric taxis", 2025, 2030)
        .indicator(
            "electric",
            IndicatorDraft::new("Electric share of taxis", "1")
                .share(0.0, 1.0)
                .baseline(START)
                .own_process(process),
        )
        .target("electric", TargetDraft::level("electric").at_least(TARGET))
        .build()
}

fn main() -> Result<()> {
    let options = Options::parse();
    // Averages of many products: Sultan, Farley and Lehmann (1990), Journal of Marketing Research 27(1).
    let (p, q, sigma) = (0.03, 0.38, 0.15);
    let known = Bass { p: p.into(), q: q.into(), sigma };
    let outcome = Simulation::new(&plan(known)?).paths(options.paths).run()?;
    let simulated = outcome.targets[0].probability;

    // ln u is a random walk, and the share is reached exactly when u is.
    let ln_u = |share: f64| math::ln((p + q * share) / (1.0 - share));
    let years = outcome.horizon.steps() as f64;
    let exact = normal::cdf((ln_u(START) + years * (p + q) - ln_u(TARGET)) / (sigma * years.sqrt()));
    println!("p and q known      P(60 % by 2030) {:.4}   closed form {exact:.4}", simulated.estimate);
    let error = (exact * (1.0 - exact) / options.paths as f64).sqrt();
    assert!((simulated.estimate - exact).abs() < 4.0 * error, "not within 4 standard errors of {error:.5}");

    let uncertain =
        Bass { p: Quantity::uniform(0.02, 0.04), q: Quantity::normal(q, 0.08).between(0.1, 0.7), sigma };
    let outcome = Simulation::new(&plan(uncertain)?).paths(options.paths).run()?;
    let target = &outcome.targets[0];
    let median = target.outcome.as_ref().map_or(0.0, |share| share.median());
    println!(
        "p and q uncertain  P(60 % by 2030) {:.4}   median share {median:.3}",
        target.probability.estimate
    );
    if let Some(spread) = target.spread {
        println!(
            "                   from {:.2} to {:.2}, depending on what p and q are",
            spread.low, spread.high
        );
        assert!(spread.low < spread.high);
    }
    Ok(())
}
