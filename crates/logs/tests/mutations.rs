//! Files that are damaged at random load without a panic, in every format.

use std::fs;

use crate::archives::{gzip, tar, zip};
use crate::common::folder;
use kql_logs::{DataSpec, Duplicates, LoadOptions, load};

/// The splitmix64 sequence.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

/// Small files of every format, some of them on purpose at the edge of it.
fn seeds() -> Vec<Vec<u8>> {
    let sign_in = r#"{"TimeGenerated":"2026-03-21T14:30:00.1234567Z","UserPrincipalName":"zoë\u00e9\ud83d","IPAddress":"1","Status":{"errorCode":0,"a":[1,{"b":null}]},"DurationMs":12,"IsInteractive":true,"x":[1],"Type":"SigninLogs"}"#;
    let diagnostic = r#"{"time":"2026-03-21T14:00:00Z","category":"SignInLogs","resultType":"0","properties":{"createdDateTime":"2026-03-21T09:00:00-05:00","location":{"countryOrRegion":"PT"},"status":{"errorCode":0}}}"#;
    let graph = r#"{"value":[{"id":"1","createdDateTime":"2026-03-21T14:00:00Z","appDisplayName":"x","status":{"errorCode":50126,"failureReason":"r"},"signInEventTypes":["interactiveUser"]}]}"#;
    let answer = r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"datetime"},{"name":"b","type":"guid"}],"rows":[["2026-01-01",null],[1,"x"]]}]}"#;
    let event = r##"{"Event":{"System":{"EventID":{"#text":4624},"Channel":"Security","Computer":"c","TimeCreated":{"#attributes":{"SystemTime":"2026-03-21T14:00:00Z"}}},"EventData":{"TargetUserName":"a","LogonType":3}}}"##;
    let portal = "Date (UTC),Request ID,Sign-in error code,Status,Location,Failure reason\n2026-03-21T14:00:00Z,r,50126,Failure,\"Lisbon, Lisboa, PT\",x\n";
    let audit = "#TYPE x\nRecordType,CreationDate,UserIds,Operations,AuditData\n1,3/21/2026 2:00:00 PM,a,b,\"{\"\"CreationTime\"\":\"\"2026-03-21T14:00:00\"\",\"\"Workload\"\":\"\"Exchange\"\"}\"\n";
    let csv = "\"TimeGenerated [UTC]\",UserPrincipalName,IPAddress,Status_dynamic,Status_string,Type\r\n\"4/28/2021, 3:05:26.120 PM\",a,1,\"{\n\"\"e\"\":1}\",,SigninLogs\r\n";
    let frames = r#"[{"FrameType":"DataSetHeader"},{"FrameType":"TableHeader","TableId":1,"TableKind":"PrimaryResult","Columns":[{"ColumnName":"a","ColumnType":"long"}]},{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1,"Rows":[[1],[2]]}]"#;
    let v1 = r#"{"Tables":[{"TableName":"T","Columns":[{"ColumnName":"a","DataType":"Int64"}],"Rows":[[1]]},{"Columns":[],"Rows":[]},{"Columns":[{"ColumnName":"Kind"}],"Rows":[["QueryResult"],["x"]]}]}"#;
    let elastic = format!(
        r#"{{"hits":{{"hits":[{{"_source":{{"event":{{"original":{}}}}}}}]}}}}"#,
        serde_json::Value::from(diagnostic)
    );
    let own = "id;when;share\n007;13.1.2026 10:00:00;1,5\n8;1.2.2026 10:00:00;2\n";
    let texts =
        [sign_in, diagnostic, graph, answer, frames, v1, elastic.as_str(), event, portal, audit, csv, own];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.push(format!("[\n  {sign_in},\n  {sign_in}\n]\n[{graph}]").into_bytes());
    seeds.push(format!("{sign_in}\n{diagnostic}\r\n\n{sign_in}").into_bytes());
    seeds.push([0xfeff].into_iter().chain(sign_in.encode_utf16()).flat_map(u16::to_le_bytes).collect());
    let members: [(&str, &[u8]); 2] = [("a.json", sign_in.as_bytes()), ("b.csv", csv.as_bytes())];
    let archive = tar(&members);
    seeds.push(gzip(&archive));
    seeds.push(archive);
    seeds.push(zip(&members.map(|(name, content)| (name, content, true))));
    for file in ["formats/parquet/AuditLogs.parquet", "formats/ndjson.gz/AuditLogs.ndjson.gz"] {
        seeds.push(fs::read(crate::common::testdata(file)).expect("the sample"));
    }
    let parquet = crate::common::load_with(
        &[&crate::common::testdata("formats/parquet/AuditLogs.parquet")],
        &LoadOptions::default(),
    );
    let batches = parquet.tables[0].batches().expect("the rows");
    let mut writer =
        arrow::ipc::writer::FileWriter::try_new(Vec::new(), batches[0].schema_ref()).expect("a writer");
    batches.iter().for_each(|batch| writer.write(batch).expect("the rows"));
    seeds.push(writer.into_inner().expect("the file"));
    seeds
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    const TOKENS: [&[u8]; 14] = [
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\",
        b"\n",
        b"\xff",
        b"\0",
        b"null",
        b"\"\"",
        b"9999999999999999999999",
    ];
    for _ in 0..1 + random.next(6) {
        let at = random.next(bytes.len() + 1);
        match random.next(5) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = random.next(256) as u8,
            2 if at < bytes.len() => {
                let end = (at + random.next(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let end = (at + random.next(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let token = TOKENS[random.next(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
}

#[test]
fn no_damage_makes_a_reader_panic() {
    let path = folder("mutations").join("file.json");
    let options = LoadOptions { duplicates: Duplicates::Remove, threads: 1, ..LoadOptions::default() };
    let mut random = Random(std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7));
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20);
    for seed in seeds() {
        for _ in 0..rounds {
            let mut bytes = seed.clone();
            mutate(&mut bytes, &mut random);
            fs::write(&path, &bytes).expect("the file");
            // A damaged Parquet file may bind by its footer and fail when it is read; that is an error, not a panic.
            let Ok(loaded) = load(&[DataSpec::parse(&path.to_string_lossy())], &options) else { continue };
            for table in &loaded.tables {
                let _ = table.batches();
            }
            let large = LoadOptions { defer_from: Some(0), threads: 1, ..LoadOptions::default() };
            let Ok(loaded) = load(&[DataSpec::parse(&path.to_string_lossy())], &large) else { continue };
            let Some(files) = loaded.deferred else { continue };
            for table in files.tables().into_iter().flatten() {
                let Some((schema, _)) = files.columns(&table) else { continue };
                let _ = files.scan(&table, &schema.columns, &mut |_| true);
            }
        }
    }
}
