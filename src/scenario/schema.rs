//! The JSON Schema of the scenario format, for completion and checks in editors.
//!
//! Layer 3. A file that extends another one, and the patch of a variant, may leave out what is required
//! of a complete scenario, so each table has a second, partial definition without required keys.

use super::Draft;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The ending of the names of partial definitions.
const PARTIAL: &str = "Part";

/// The JSON Schema (draft 2020-12) of scenario files, indented, with a line break at the end.
pub fn json_schema() -> String {
    let root = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Draft>();
    let mut whole: Map<String, Value> = root.as_object().cloned().unwrap_or_default();
    let mut definitions = match whole.remove("$defs") {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    let head = |key: &str, from: &mut Map<String, Value>| from.remove(key).unwrap_or(Value::Null);
    let (dialect, title) = (head("$schema", &mut whole), head("title", &mut whole));
    let whole = Value::Object(whole);
    let mut partial: Map<String, Value> = definitions
        .iter()
        .map(|(name, definition)| (format!("{name}{PARTIAL}"), partial(definition)))
        .collect();
    definitions.insert("Scenario".into(), whole.clone());
    partial.insert(format!("Scenario{PARTIAL}"), self::partial(&whole));
    definitions.append(&mut partial);
    for name in ["Variant".to_owned(), format!("Variant{PARTIAL}")] {
        if let Some(patch) = definitions.get_mut(&name).and_then(|d| d.pointer_mut("/properties/patch")) {
            let description = patch.get("description").cloned();
            *patch = json!({ "$ref": format!("#/$defs/Scenario{PARTIAL}"), "description": description });
        }
    }
    let schema = json!({
        "$schema": dialect,
        "title": title,
        "$ref": format!("#/$defs/Scenario{PARTIAL}"),
        "if": { "not": { "required": ["extends"] } },
        "then": { "$ref": "#/$defs/Scenario" },
        "$defs": definitions,
    });
    // Infallible for a value without odd keys; an empty schema would fail the test that compares it.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The same without required keys, all the way down. An alternative keeps the key that names it.
fn partial(definition: &Value) -> Value {
    let mut copy = definition.clone();
    if let Some(object) = copy.as_object_mut() {
        object.remove("required");
    }
    redirect(&mut copy);
    copy
}

fn redirect(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                match inner {
                    Value::String(target) if key == "$ref" => target.push_str(PARTIAL),
                    inner => redirect(inner),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(redirect),
        _ => {}
    }
}
