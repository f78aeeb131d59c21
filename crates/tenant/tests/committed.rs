//! What is committed of the tenant is what the generator makes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use kql_tenant::{File, Options, tenant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

fn committed(folder: &Path, file: &File) -> Option<String> {
    let bytes = fs::read(folder.join(format!("{}.gz", file.name))).ok()?;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
    Some(text)
}

#[test]
fn committed_files_are_fresh() {
    let tenant = tenant(&Options::default());
    for (folder, files) in [("tenant/quiet", &tenant.quiet), ("tenant/attacks", &tenant.attacks)] {
        let folder = root().join(folder);
        for file in files {
            let fresh = committed(&folder, file).as_deref() == Some(file.text.as_str());
            assert!(
                fresh,
                "{} is stale: `cargo run -p kql-tenant --example write_tenant` makes it anew",
                file.name
            );
        }
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), files.len(), "{}", folder.display());
    }
    assert_eq!(fs::read_to_string(root().join("tenant-truth.json")).ok(), Some(tenant.truth));
}
