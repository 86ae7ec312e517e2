//! The schema shipped beside the scenarios is that of this version.
#![cfg(feature = "schema")]

use plancast::scenario::json_schema;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/plancast.schema.json");

#[test]
fn the_shipped_schema_is_current() {
    let current = json_schema();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(SHIPPED, &current).expect("the schema can be written");
    }
    let shipped = std::fs::read_to_string(SHIPPED).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        shipped == current,
        "scenarios/plancast.schema.json is out of date; renew it with `UPDATE=1 cargo test --test schema`"
    );
}

#[test]
fn every_reference_has_its_definition() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    let definitions = schema["$defs"].as_object().expect("it has definitions");
    let mut seen = 0;
    let mut stack = vec![&schema];
    while let Some(value) = stack.pop() {
        match value {
            serde_json::Value::Object(object) => {
                if let Some(target) = object.get("$ref").and_then(|target| target.as_str()) {
                    let name = target.strip_prefix("#/$defs/").expect("references are local");
                    assert!(definitions.contains_key(name), "{name} is referred to and not defined");
                    seen += 1;
                }
                stack.extend(object.values());
            }
            serde_json::Value::Array(entries) => stack.extend(entries),
            _ => {}
        }
    }
    assert!(seen > 50, "only {seen} references were looked at");
}

#[test]
fn a_complete_scenario_needs_what_an_overlay_may_leave_out() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    let definitions = &schema["$defs"];
    assert_eq!(definitions["Scenario"]["required"], serde_json::json!(["plancast", "plan"]));
    assert_eq!(definitions["ScenarioPart"]["required"], serde_json::Value::Null);
    assert_eq!(definitions["IndicatorDraftPart"]["required"], serde_json::Value::Null);
    assert_eq!(definitions["Variant"]["properties"]["patch"]["$ref"], "#/$defs/ScenarioPart");
    // An alternative keeps the key that names it.
    assert_eq!(definitions["ProcessPart"]["oneOf"][0]["required"], serde_json::json!(["random_walk"]));
}
