//! Bounds of a tilt as the paths see them that succeed.

use super::search::{Design, Face, dot};
use super::space::Space;
use super::tilt::Tilt;
use crate::correlation::{cholesky, cholesky_solved};
use crate::simulate::{Broken, LANES};

/// So many successes a coordinate are needed, so that slopes are not noise.
const EACH: usize = 4;
/// Shares of the draws, and the share of the successes that a bound leaves outside there. The second part is for those a little outside of several bounds
/// of the first, one of which could have more than 5 % of all weight: without it the checks refused 4 of 13 runs of Kunshan's plan, with it 1 of these 4.
const PARTS: [(f64, f64); 2] = [(0.7, 0.002), (0.3, 0.0)];
/// The share of the draws that go beyond a bound, into the successes that it leaves outside.
const BEYOND: f64 = 0.2;
/// Added to the variances of the draws, which are about 1: draws that all successes share give no slope.
const RIDGE: f64 = 1e-3;

/// Tilts towards a way with their shares, learned from draws that succeed; none where too few of them do so in this way.
///
/// A tangent at the most likely point is right near that point. Where many targets are each met half of the time, that point is near the
/// middle, and the successes lie all around, far from it: of Kunshan's plan they have 1.4 of 25 tangents on the wrong side, above all those of an
/// income with an uncertain response to growth (a product) and of what events hit. Here each distance is linear by least squares over the
/// successes,
///
/// ```text
/// g_k(z) = c_k + b_k . z + rest
/// ```
///
/// and the bound on `b_k . z / |b_k|` is where all but 2 in 1000 of them reach, in a second part where all do. Slopes over a law instead of at a point are called
/// statistical linearisation (Roberts and Spanos 1990, Random Vibration and Statistical Linearization, chapter 5); a proposal
/// fitted to a population from subset simulation is an idea of Uribe, Papaioannou, Marzouk and Straub (2021, SIAM/ASA J. Uncertainty
/// Quantification 9(2), 818-847), who fit normal laws. A proposal that is wrong costs precision and nothing else.
pub(super) fn learn(
    space: &Space<'_>,
    design: &Design,
    successes: &[Vec<f64>],
) -> Result<Option<Vec<(f64, Tilt)>>, Broken> {
    let rows: Vec<usize> =
        design.leaves.iter().flat_map(|leaf| space.aim.leaves[*leaf].rows.clone()).collect();
    let Members { draws, distances } = of_way(space, &rows, successes)?;
    let n = draws.first().map_or(0, Vec::len);
    if n < EACH * space.size() {
        return Ok(None);
    }
    let lines = lines(&draws, &distances);
    let part = |(share, outside)| (share, Tilt::beyond(&faces(&lines, outside), BEYOND));
    Ok((!lines.is_empty()).then(|| PARTS.map(part).into()))
}

/// Successes of a way, coordinate by coordinate and distance by distance.
struct Members {
    draws: Vec<Vec<f64>>,
    distances: Vec<Vec<f64>>,
}

/// Those that succeed in this way.
fn of_way(space: &Space<'_>, rows: &[usize], successes: &[Vec<f64>]) -> Result<Members, Broken> {
    let mut bench = space.bench(false);
    let mut z = space.rows();
    let (mut draws, mut distances) = (vec![Vec::new(); space.size()], vec![Vec::new(); rows.len()]);
    for block in successes.chunks(LANES) {
        for (lane, success) in block.iter().enumerate() {
            z.iter_mut().zip(success).for_each(|(row, z)| row[lane] = *z);
        }
        bench.simulate(&z, 0, block.len())?;
        bench.measure(&space.aim);
        for lane in (0..block.len()).filter(|lane| rows.iter().all(|row| bench.distances[*row][*lane] >= 0.0))
        {
            draws.iter_mut().zip(&z).for_each(|(of, row)| of.push(row[lane]));
            distances.iter_mut().zip(rows).for_each(|(of, row)| of.push(bench.distances[*row][lane]));
        }
    }
    Ok(Members { draws, distances })
}

/// The direction in which a distance grows, and how far along it the successes are, in order.
struct Line {
    direction: Vec<f64>,
    reached: Vec<f64>,
}

/// Bounds that leave a share of the successes outside, each by itself.
fn faces(lines: &[Line], outside: f64) -> Vec<Face> {
    let face = |line: &Line| {
        let low = line.reached[(outside * line.reached.len() as f64) as usize];
        Face { leaf: 0, direction: line.direction.clone(), low, high: f64::INFINITY, pull: 0.0 }
    };
    lines.iter().map(face).collect()
}

/// The line of each distance by least squares.
fn lines(draws: &[Vec<f64>], distances: &[Vec<f64>]) -> Vec<Line> {
    let (size, n) = (draws.len(), draws.first().map_or(0, Vec::len) as f64);
    let centred = |values: &Vec<f64>| {
        let mean = values.iter().sum::<f64>() / n;
        values.iter().map(|x| x - mean).collect::<Vec<f64>>()
    };
    let draws_off: Vec<Vec<f64>> = draws.iter().map(centred).collect();
    let mut variances = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=i {
            variances[i * size + j] = dot(&draws_off[i], &draws_off[j]) / n;
            variances[j * size + i] = variances[i * size + j];
        }
        variances[i * size + i] += RIDGE;
    }
    let factor = cholesky(size, &variances);
    let line = |distances: &Vec<f64>| {
        let off = centred(distances);
        let products: Vec<f64> = draws_off.iter().map(|draws| dot(draws, &off) / n).collect();
        let mut direction = cholesky_solved(|i, j| factor[i * size + j], products);
        let length = dot(&direction, &direction).sqrt();
        // What nothing moves is met whatever the draws.
        if !(length > 0.0 && length.is_finite()) {
            return None;
        }
        direction.iter_mut().for_each(|a| *a /= length);
        let mut reached = vec![0.0; distances.len()];
        for (draws, load) in draws.iter().zip(&direction) {
            reached.iter_mut().zip(draws).for_each(|(sum, z)| *sum += load * z);
        }
        reached.sort_unstable_by(f64::total_cmp);
        Some(Line { direction, reached })
    };
    distances.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, normal_lanes};

    #[test]
    fn a_linear_distance_is_its_own_bound() {
        // 3 z_0 - 4 z_2 + 2.5 >= 0 is (0.6, 0, -0.8) . z >= -0.5; 2 in 1000 of the 1400 draws that reach it are within 0.01 of it.
        let mut draws = vec![vec![0.0; 2048]; 3];
        for (i, row) in draws.iter_mut().enumerate() {
            normal_lanes(Key::new(7, "learn test", &i.to_string()), 0, 0, row);
        }
        let distance = |k: usize| 3.0 * draws[0][k] - 4.0 * draws[2][k] + 2.5;
        let all: Vec<f64> = (0..2048).map(distance).collect();
        let keep: Vec<usize> = (0..2048).filter(|k| all[*k] >= 0.0).collect();
        let draws: Vec<Vec<f64>> = draws.iter().map(|row| keep.iter().map(|k| row[*k]).collect()).collect();
        let distances = vec![keep.iter().map(|k| all[*k]).collect(), vec![1.0; keep.len()]];
        let faces = faces(&lines(&draws, &distances), 0.002);
        // What never changes is no bound.
        assert_eq!(faces.len(), 1);
        // The ridge of 0.001 bends it by about so much.
        let off: f64 = faces[0].direction.iter().zip([0.6, 0.0, -0.8]).map(|(a, b)| (a - b).abs()).sum();
        assert!(off < 0.005 && faces[0].low > -0.505 && faces[0].low < -0.48, "{:?}", faces[0]);
    }

    #[test]
    fn a_bound_is_where_successes_are() {
        // g = z^3 + 1 grows by 3 a unit of z on average, so that its line is 0 at about -1/3; successes go down to -1.
        let mut draws = vec![0.0; 4096];
        normal_lanes(Key::new(7, "learn test", "cubic"), 0, 0, &mut draws);
        draws.retain(|z| z * z * z + 1.0 >= 0.0);
        let distances = draws.iter().map(|z| z * z * z + 1.0).collect();
        let lines = lines(&[draws], &[distances]);
        let (near, all) = (faces(&lines, 0.002)[0].low, faces(&lines, 0.0)[0].low);
        assert!(near < -0.9 && all < near && all > -1.0, "{near} {all}");
    }
}
