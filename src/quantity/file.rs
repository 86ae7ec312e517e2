//! How a quantity stands in a file: a plain number, or a table with exactly one of `value`, a family, `by_year`.

use super::{Beta, Family, Gamma, LogNormal, Normal, StudentT, Triangular, TwoPieceNormal, Uniform};
use super::{Course, Distribution, Quantity, Value};
use crate::evidence::Evidence;
use crate::time::Year;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeMap;
use std::fmt;

/// The keys of the table form. A flat struct of optional keys, because serde's `flatten` and
/// untagged enums lose the path of what is wrong inside.
#[derive(Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "QuantityTable"))]
#[serde(default, deny_unknown_fields)]
struct Table {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normal: Option<Normal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    student_t: Option<StudentT>,
    #[serde(skip_serializing_if = "Option::is_none")]
    two_piece_normal: Option<TwoPieceNormal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_normal: Option<LogNormal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uniform: Option<Uniform>,
    #[serde(skip_serializing_if = "Option::is_none")]
    triangular: Option<Triangular>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beta: Option<Beta>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gamma: Option<Gamma>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "by_year")]
    by_year: Option<BTreeMap<Year, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plus: Option<Box<Table>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<(f64, f64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
}

/// The keys of a TOML table are texts.
fn by_year<S: Serializer>(years: &Option<BTreeMap<Year, f64>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(years.iter().flatten().map(|(year, value)| (year.to_string(), value)))
}

impl Table {
    /// The one family given; an error names all that were.
    fn family(&self) -> Result<Option<Family>, String> {
        let given: Vec<(&str, Family)> = [
            self.normal.map(|law| ("normal", law.into())),
            self.student_t.map(|law| ("student_t", law.into())),
            self.two_piece_normal.map(|law| ("two_piece_normal", law.into())),
            self.log_normal.map(|law| ("log_normal", law.into())),
            self.uniform.map(|law| ("uniform", law.into())),
            self.triangular.map(|law| ("triangular", law.into())),
            self.beta.map(|law| ("beta", law.into())),
            self.gamma.map(|law| ("gamma", law.into())),
        ]
        .into_iter()
        .flatten()
        .collect();
        match given.as_slice() {
            [] => Ok(None),
            [(_, family)] => Ok(Some(*family)),
            many => {
                let names: Vec<&str> = many.iter().map(|(name, _)| *name).collect();
                Err(format!("one distribution is allowed, {} are given: {}", many.len(), names.join(", ")))
            }
        }
    }

    fn distribution(&self) -> Result<Option<Distribution>, String> {
        let family = self.family()?;
        Ok(family.map(|family| Distribution { family, between: self.between }))
    }

    fn into_quantity(self) -> Result<Quantity, String> {
        let uncertain = self.distribution()?;
        let mut plus = None;
        if let Some(shift) = &self.plus {
            if shift.value.is_some() || shift.by_year.is_some() || shift.plus.is_some() {
                return Err("`plus` takes a distribution".into());
            }
            plus = shift.distribution()?;
            if self.by_year.is_none() {
                return Err("`plus` goes with `by_year`".into());
            }
        }
        let value = match (self.value, uncertain, self.by_year) {
            (Some(x), None, None) => Value::Number(x),
            (None, Some(law), None) => Value::Uncertain(law),
            (None, None, Some(years)) => {
                if years.is_empty() {
                    return Err("`by_year` is empty; give at least one year".into());
                }
                Value::ByYear(Course { years, plus })
            }
            _ => {
                return Err("exactly one of `value`, a distribution (`normal`, `student_t`, \
                            `two_piece_normal`, `log_normal`, `uniform`, `triangular`, `beta`, `gamma`) \
                            or `by_year` is needed"
                    .into());
            }
        };
        if self.between.is_some() && !matches!(value, Value::Uncertain(_)) {
            return Err("`between` goes with a distribution".into());
        }
        Ok(Quantity { value, source: self.source, evidence: self.evidence })
    }

    fn set(&mut self, law: &Distribution) {
        self.between = law.between;
        match law.family {
            Family::Normal(law) => self.normal = Some(law),
            Family::StudentT(law) => self.student_t = Some(law),
            Family::TwoPieceNormal(law) => self.two_piece_normal = Some(law),
            Family::LogNormal(law) => self.log_normal = Some(law),
            Family::Uniform(law) => self.uniform = Some(law),
            Family::Triangular(law) => self.triangular = Some(law),
            Family::Beta(law) => self.beta = Some(law),
            Family::Gamma(law) => self.gamma = Some(law),
        }
    }

    fn of(quantity: &Quantity) -> Self {
        let mut table =
            Table { source: quantity.source.clone(), evidence: quantity.evidence, ..Table::default() };
        match &quantity.value {
            Value::Number(x) => table.value = Some(*x),
            Value::Uncertain(law) => table.set(law),
            Value::ByYear(course) => {
                table.by_year = Some(course.years.clone());
                table.plus = course.plus.as_ref().map(|law| {
                    let mut shift = Table::default();
                    shift.set(law);
                    Box::new(shift)
                });
            }
        }
        table
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.value, &self.source, self.evidence) {
            (Value::Number(x), None, None) => serializer.serialize_f64(*x),
            _ => Table::of(self).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Quantity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a table with a `value`, a distribution or `by_year`")
            }
            fn visit_f64<E: de::Error>(self, v: f64) -> Result<Quantity, E> {
                Ok(Quantity::number(v))
            }
            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Quantity, E> {
                Ok(Quantity::number(v as f64))
            }
            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Quantity, E> {
                Ok(Quantity::number(v as f64))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Quantity, A::Error> {
                let table = Table::deserialize(de::value::MapAccessDeserializer::new(map))?;
                table.into_quantity().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<Table>();
        schemars::json_schema!({
            "description": "A number, or a table with exactly one of `value`, a distribution, `by_year`.",
            "anyOf": [{ "type": "number" }, table]
        })
    }
}
