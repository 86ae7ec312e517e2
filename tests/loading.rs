//! Scenario files: read, laid over each other, refused with the place of every fault.

use plancast::error::{Error, Faults};
use plancast::scenario::Draft;

const SAMPLE: &str = include_str!("loading/sample.toml");

fn faults(result: Result<Draft, Error>) -> Faults {
    match result {
        Err(Error::Scenario(faults)) => faults,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("nothing was refused"),
    }
}

#[test]
fn show() {
    let text = SAMPLE
        .replace("persistence = 0.3", "persistance = 0.3")
        .replace("df = 5.0", "df = \"5\"")
        .replace("measure = \"average_growth\"", "measure = \"average_grwth\"")
        .replace("unit = \"1000\"\n", "")
        .replace("name_zh = \"样本规划\"", "name_zh = \"样本规划\", colour = 3")
        .replace("mode = 1.0, ", "")
        .replace("between = [0.0, 3.0]", "between = [0.0, 3.0, 4.0]")
        .replace("process.path", "process.pth");
    println!("{}", faults(Draft::from_toml(&text)));
    let text = text.replace(", colour = 3", "");
    println!("{}", faults(Draft::from_toml(&text)));
    let text = SAMPLE.replace("{ value = 538.0, source = \"统计公报\",", "{ value = 538.0, source = 统计, ");
    println!("{}", faults(Draft::from_toml(&text)));
    let text = SAMPLE.replace("source = \"统计公报\", evidence = \"statistics\"", "source = \"统计公报\", 等级 = 1, \"证据\" = 1");
    println!("{}", faults(Draft::from_toml(&text)));
    let text = SAMPLE.replace("drift = 0.03", "drft = 0.03");
    println!("{}", faults(Draft::from_toml(&text)));
    println!("{}", Draft::from_toml(SAMPLE).unwrap().to_toml().unwrap());
    println!("{}", plancast::scenario::Scenario::from_toml(&SAMPLE.replace("indicator = \"gdp\"", "indicator = \"gpd\"").replace("process.path = ", "process.path.x = ")).unwrap_err());
}
