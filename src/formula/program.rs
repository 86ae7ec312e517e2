//! A formula compiled: levels resolved to input rows, constants folded, evaluated many paths at a time.
//!
//! Layer 2. The kernel calls [`Program::run`] once a year and block of paths; every step is a plain loop over the
//! paths that the compiler vectorises, and nothing is allocated once the [`Scratch`] has its size.

use super::{Binary, Formula, MissingInput, Reference, Step, Unary};
use crate::math;
use std::collections::BTreeMap;
use std::mem;

/// A compiled formula.
///
/// # Powers
///
/// What `x ^ y` does is decided when the formula is compiled:
///
/// | y | computed as | undefined (NaN) |
/// |---|---|---|
/// | a whole number, abs(y) <= 64 | repeated multiplication, 1 / x ^ -y below zero | never |
/// | 0.5 | sqrt(x) | x < 0 |
/// | anything else | exp(y ln x), and 1 where y = 0 | x < 0 |
///
/// So a level with a sign takes whole exponents that are written as numbers only. The error of the last form is
/// about abs(y ln x) times 1.1e-16, relative.
///
/// # Example
///
/// ```
/// use plancast::formula::{Formula, Scratch};
///
/// let productivity = Formula::parse("gdp / employment")?;
/// let program = productivity.compile(&mut |id, _lag| ["gdp", "employment"].iter().position(|&known| known == id))?;
///
/// // Three paths of two inputs.
/// let (gdp, employment) = ([500.0, 520.0, 540.0], [100.0, 104.0, 90.0]);
/// let mut out = [0.0; 3];
/// program.run(&[&gdp, &employment], &mut Scratch::default(), &mut out);
/// assert_eq!(out, [5.0, 5.0, 6.0]);
/// assert_eq!(program.eval_scalar(&[540.0, 90.0]), 6.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// In order; the last one gives the result. Empty when the result is an input or a constant.
    instructions: Vec<Instruction>,
    result: Operand,
    /// Rows of scratch.
    rows: usize,
}

/// Working space of [`Program::run`], for any number of programs one after the other. Keep one a thread.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    rows: Vec<Vec<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operand {
    Constant(f64),
    Input(usize),
    /// A row of scratch.
    Row(usize),
}

/// `to` is never a row that the instruction reads.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Instruction {
    One { kernel: One, a: Operand, to: usize },
    Two { kernel: Two, a: Operand, b: Operand, to: usize },
}

type One = Unary;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Two {
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
    /// ln(a ^ b) = b ln a, and 0 where b = 0.
    LogPower,
}

/// Largest exponent that is multiplied out: at most 11 multiplications, less work than a logarithm and an exponential.
const LARGEST_EXPONENT: f64 = 64.0;

impl Formula {
    /// Resolves every level to an input slot and folds constants.
    ///
    /// `slot` is asked once for each of [`Formula::references`], by id and lag; the slot is the index into the
    /// inputs of [`Program::run`].
    ///
    /// # Errors
    /// [`MissingInput`] names the first level for which `slot` has none.
    pub fn compile(&self, slot: &mut dyn FnMut(&str, u32) -> Option<usize>) -> Result<Program, MissingInput> {
        let mut slots: BTreeMap<Reference, usize> = BTreeMap::new();
        for reference in self.references() {
            match slot(&reference.id, reference.lag) {
                Some(index) => slots.insert(reference, index),
                None => return Err(MissingInput(reference)),
            };
        }
        let mut compiler = Compiler::default();
        // Every operand with the number of instructions before the first that computes it.
        let mut stack: Vec<(Operand, usize)> = Vec::new();
        const NOTHING: (Operand, usize) = (Operand::Constant(f64::NAN), 0);
        for step in &self.steps {
            let entry = match step {
                Step::Number(number) => (Operand::Constant(*number), compiler.instructions.len()),
                Step::Level(reference) => {
                    let input = slots.get(reference).map_or(NOTHING.0, |&index| Operand::Input(index));
                    (input, compiler.instructions.len())
                }
                Step::Unary(kernel) => {
                    let (a, start) = stack.pop().unwrap_or(NOTHING);
                    (compiler.one(*kernel, a), start)
                }
                Step::Binary(operator) => {
                    let (b, _) = stack.pop().unwrap_or(NOTHING);
                    let (a, start) = stack.pop().unwrap_or(NOTHING);
                    let kernel = match operator {
                        Binary::Add => Two::Add,
                        Binary::Subtract => Two::Subtract,
                        Binary::Multiply => Two::Multiply,
                        Binary::Divide => Two::Divide,
                        Binary::Minimum => Two::Minimum,
                        Binary::Maximum => Two::Maximum,
                        Binary::Power => {
                            stack.push((compiler.power(a, b, start), start));
                            continue;
                        }
                    };
                    (compiler.two(kernel, a, b), start)
                }
            };
            stack.push(entry);
        }
        let (result, _) = stack.pop().unwrap_or(NOTHING);
        Ok(Program { instructions: compiler.instructions, result, rows: compiler.rows })
    }
}

#[derive(Default)]
struct Compiler {
    instructions: Vec<Instruction>,
    rows: usize,
    free: Vec<usize>,
}

impl Compiler {
    fn fresh(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.rows += 1;
            self.rows - 1
        })
    }

    fn release(&mut self, operand: Operand) {
        if let Operand::Row(row) = operand {
            self.free.push(row);
        }
    }

    fn one(&mut self, kernel: One, a: Operand) -> Operand {
        if let Operand::Constant(a) = a {
            return Operand::Constant(one(kernel, a));
        }
        let to = self.fresh();
        self.instructions.push(Instruction::One { kernel, a, to });
        self.release(a);
        Operand::Row(to)
    }

    fn two(&mut self, kernel: Two, a: Operand, b: Operand) -> Operand {
        let result = self.two_keeping(kernel, a, b);
        self.release(a);
        self.release(b);
        result
    }

    /// As `two`, with the operands still needed.
    fn two_keeping(&mut self, kernel: Two, a: Operand, b: Operand) -> Operand {
        if let (Operand::Constant(a), Operand::Constant(b)) = (a, b) {
            return Operand::Constant(two(kernel, a, b));
        }
        let to = self.fresh();
        self.instructions.push(Instruction::Two { kernel, a, b, to });
        Operand::Row(to)
    }

    /// `start`: the instructions from there on compute a and b.
    fn power(&mut self, a: Operand, b: Operand, start: usize) -> Operand {
        match b {
            Operand::Constant(0.0) => {
                // x ^ 0 = 1 whatever x is: what computes it goes.
                self.instructions.truncate(start);
                self.release(a);
                Operand::Constant(1.0)
            }
            Operand::Constant(b) if b == b.trunc() && b.abs() <= LARGEST_EXPONENT => {
                let power = self.whole_power(a, b.abs() as u32);
                if b > 0.0 { power } else { self.two(Two::Divide, Operand::Constant(1.0), power) }
            }
            Operand::Constant(0.5) => self.one(One::Sqrt, a),
            _ => {
                let log = self.two(Two::LogPower, a, b);
                self.one(One::Exp, log)
            }
        }
    }

    /// By squaring, from the highest bit of the exponent (1 or more).
    fn whole_power(&mut self, a: Operand, exponent: u32) -> Operand {
        let mut power = a;
        for bit in (0..exponent.ilog2()).rev() {
            let squared = self.two_keeping(Two::Multiply, power, power);
            if bit + 1 < exponent.ilog2() {
                self.release(power);
            }
            power = squared;
            if exponent >> bit & 1 == 1 {
                let multiplied = self.two_keeping(Two::Multiply, power, a);
                self.release(power);
                power = multiplied;
            }
        }
        if exponent > 1 {
            self.release(a);
        }
        power
    }
}

impl Program {
    /// Evaluates the formula on `out.len()` paths: `out[s]` from `inputs[slot][s]`.
    ///
    /// Where an input is missing or its row is shorter than `out`, the value is not known and the result NaN.
    pub fn run(&self, inputs: &[&[f64]], scratch: &mut Scratch, out: &mut [f64]) {
        let paths = out.len();
        let Some((last, before)) = self.instructions.split_last() else {
            return match value(self.result, inputs, scratch, paths) {
                Value::Constant(constant) => out.fill(constant),
                Value::Row(row) => out.copy_from_slice(row),
            };
        };
        scratch.fit(self.rows, paths);
        for instruction in before {
            let (Instruction::One { to, .. } | Instruction::Two { to, .. }) = *instruction;
            // Taken out, so that the other rows can be read meanwhile.
            let mut row = mem::take(&mut scratch.rows[to]);
            instruction.run(inputs, scratch, &mut row[..paths]);
            scratch.rows[to] = row;
        }
        last.run(inputs, scratch, out);
    }

    /// Evaluates the formula on one path, with the same bits as [`Program::run`] (a NaN is a NaN).
    ///
    /// A missing input reads as NaN.
    pub fn eval_scalar(&self, inputs: &[f64]) -> f64 {
        let mut rows = vec![f64::NAN; self.rows];
        let value = |operand, rows: &[f64]| match operand {
            Operand::Constant(constant) => constant,
            Operand::Input(slot) => inputs.get(slot).copied().unwrap_or(f64::NAN),
            Operand::Row(row) => rows[row],
        };
        for instruction in &self.instructions {
            match *instruction {
                Instruction::One { kernel, a, to } => rows[to] = one(kernel, value(a, &rows)),
                Instruction::Two { kernel, a, b, to } => {
                    rows[to] = two(kernel, value(a, &rows), value(b, &rows));
                }
            }
        }
        value(self.result, &rows)
    }

    /// The value, where it hangs on no input.
    pub fn constant(&self) -> Option<f64> {
        if let Operand::Constant(constant) = self.result { Some(constant) } else { None }
    }
}

impl Scratch {
    fn fit(&mut self, rows: usize, paths: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, Vec::new);
        }
        for row in &mut self.rows[..rows] {
            if row.len() < paths {
                row.resize(paths, 0.0);
            }
        }
    }
}

#[cfg(test)]
impl Scratch {
    /// Where the rows lie, to see that they stay.
    pub(super) fn addresses(&self) -> Vec<*const f64> {
        self.rows.iter().map(|row| row.as_ptr()).collect()
    }
}

/// An operand for all paths.
#[derive(Clone, Copy)]
enum Value<'a> {
    Constant(f64),
    Row(&'a [f64]),
}

fn value<'a>(operand: Operand, inputs: &[&'a [f64]], scratch: &'a Scratch, paths: usize) -> Value<'a> {
    match operand {
        Operand::Constant(constant) => Value::Constant(constant),
        Operand::Input(slot) => {
            inputs.get(slot).and_then(|row| row.get(..paths)).map_or(Value::Constant(f64::NAN), Value::Row)
        }
        Operand::Row(row) => Value::Row(&scratch.rows[row][..paths]),
    }
}

impl Instruction {
    fn run(&self, inputs: &[&[f64]], scratch: &Scratch, out: &mut [f64]) {
        let paths = out.len();
        match *self {
            Self::One { kernel, a, .. } => each(kernel, value(a, inputs, scratch, paths), out),
            Self::Two { kernel, a, b, .. } => {
                let (a, b) = (value(a, inputs, scratch, paths), value(b, inputs, scratch, paths));
                both(kernel, a, b, out);
            }
        }
    }
}

/// One loop a kernel: the choice is made outside it.
fn each(kernel: One, a: Value<'_>, out: &mut [f64]) {
    let a = match a {
        Value::Constant(a) => return out.fill(one(kernel, a)),
        Value::Row(a) => a,
    };
    match kernel {
        One::Negate => map(a, out, |a| one(One::Negate, a)),
        One::Exp => math::exp_lanes(a, out),
        One::Ln => math::ln_lanes(a, out),
        One::Sqrt => map(a, out, |a| one(One::Sqrt, a)),
        One::Abs => map(a, out, |a| one(One::Abs, a)),
    }
}

fn both(kernel: Two, a: Value<'_>, b: Value<'_>, out: &mut [f64]) {
    match kernel {
        Two::Add => zip(a, b, out, |a, b| two(Two::Add, a, b)),
        Two::Subtract => zip(a, b, out, |a, b| two(Two::Subtract, a, b)),
        Two::Multiply => zip(a, b, out, |a, b| two(Two::Multiply, a, b)),
        Two::Divide => zip(a, b, out, |a, b| two(Two::Divide, a, b)),
        Two::Minimum => zip(a, b, out, |a, b| two(Two::Minimum, a, b)),
        Two::Maximum => zip(a, b, out, |a, b| two(Two::Maximum, a, b)),
        Two::LogPower => zip(a, b, out, |a, b| two(Two::LogPower, a, b)),
    }
}

#[inline(always)]
fn map(a: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
    math::simd(
        #[inline(always)]
        move || {
            for (out, &a) in out.iter_mut().zip(a) {
                *out = f(a);
            }
        },
    );
}

#[inline(always)]
fn zip(a: Value<'_>, b: Value<'_>, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Value::Constant(a), Value::Constant(b)) => out.fill(f(a, b)),
        (Value::Row(a), Value::Constant(b)) => map(a, out, move |a| f(a, b)),
        (Value::Constant(a), Value::Row(b)) => map(b, out, move |b| f(a, b)),
        (Value::Row(a), Value::Row(b)) => {
            math::simd(
                #[inline(always)]
                move || {
                    for ((out, &a), &b) in out.iter_mut().zip(a).zip(b) {
                        *out = f(a, b);
                    }
                },
            );
        }
    }
}

/// One path: what the loops, the constants and [`Program::eval_scalar`] share.
#[inline(always)]
fn one(kernel: One, a: f64) -> f64 {
    match kernel {
        One::Negate => -a,
        One::Exp => math::exp(a),
        One::Ln => math::ln(a),
        One::Sqrt => a.sqrt(),
        One::Abs => a.abs(),
    }
}

#[inline(always)]
fn two(kernel: Two, a: f64, b: f64) -> f64 {
    match kernel {
        Two::Add => a + b,
        Two::Subtract => a - b,
        Two::Multiply => a * b,
        Two::Divide => a / b,
        // f64::min would lose a NaN and leave the sign of zero open; a NaN on the right fails the comparison.
        Two::Minimum if (a < b) | a.is_nan() => a,
        Two::Maximum if (a > b) | a.is_nan() => a,
        Two::Minimum | Two::Maximum => b,
        Two::LogPower if b == 0.0 => 0.0,
        Two::LogPower => b * math::ln(a),
    }
}
