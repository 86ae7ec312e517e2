//! A few series together: vector autoregression, by least squares and as a posterior.

mod coefficients;
mod least_squares;
mod minnesota;
mod posterior;
mod rows;

pub use coefficients::VarCoefficients;
pub use least_squares::VarLeastSquares;
pub use minnesota::Minnesota;
pub use posterior::{Explosive, MultivariateT, VarDraw, VarPaths, VarPosterior};

#[cfg(test)]
mod tests;
