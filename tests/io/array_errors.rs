//! Arrays and tensors that are refused: the exact message says what, where, what was found and what is allowed.

use crate::hand_made::{code, file, fixture, message, npy, npy_f32, npy_i32, npz, open, zip};
use ibmb::Result;
use ibmb::graph::Dataset;
use ibmb::io::{InputFile, OpenOptions, Tensor, TensorMap, TensorsJob};
use ibmb::limits::Limits;
use ibmb::task;

/// Opens a path of three nodes with another file.
fn with(other: InputFile) -> Result<Dataset> {
    open(&[file("edges.csv", "source,target\n0,1\n1,2\n"), other])
}

#[test]
fn broken_dense_features_are_named() {
    let x = |bytes: Vec<u8>| message(with(file("features.npy", bytes)));
    assert_eq!(x(npy_f32("2, 2", &[0.0; 4])), "features.npy: 2 rows of features, the graph has 3 nodes");
    assert_eq!(
        x(npy_f32("3, 2", &[0.0, 1.0, 2.0, f32::NAN, 1.0, 1.0])),
        "features.npy: row 1, column 1 of the features is NaN, all must be finite"
    );
    assert_eq!(
        x(npy("<f8", "3, 1", &[1.0f64, 2.0, 1e300].map(f64::to_le_bytes).concat())),
        "features.npy: row 2, column 0 of the features is inf, all must be finite"
    );
    assert_eq!(
        x(npy_f32("3,", &[0.0; 3])),
        "features.npy: the array has 1 axes, features have 2: nodes and columns"
    );
    assert_eq!(
        x(npy_f32("3, 2", &[0.0; 5])),
        "features.npy: the header claims shape (3, 2) of <f4, 24 bytes; 20 follow"
    );
    assert_eq!(
        x(npy("<f4", "50000, 10738", &[0; 64])),
        "features.npy: the header claims shape (50000, 10738) of <f4, 2,147,600,000 bytes; 64 follow"
    );
    assert_eq!(
        x(npy("<f4", "4294967295, 4294967295, 4294967295", &[0; 64])),
        "features.npy: the header claims shape (4294967295, 4294967295, 4294967295) of <f4, more than 2^64 bytes; 64 follow"
    );
    let big_endian = fixture("x_big_endian.npy").bytes;
    assert_eq!(
        x(big_endian),
        "features.npy: type \">f4\" is not read, allowed are little-endian f4, f8, i1 to i8, u1 to u4 and b1"
    );
    assert_eq!(x(npy_f32("3, 1", &[0.0; 3])[..40].to_vec()), "features.npy: the npy header is cut off");
    assert_eq!(x(npy("<f4", "3, x", &[])), "features.npy: the shape (3, x) is not understood");
    assert_eq!(
        x(b"\x93NUMPY\x07\x00\x00\x00".to_vec()),
        "features.npy: npy version 7 is not known, allowed are 1, 2 and 3"
    );
}

#[test]
fn broken_sparse_features_are_named() {
    let x = |bytes: Vec<u8>| message(with(file("x.npz", bytes)));
    let parts = |indptr: &[i32], indices: &[i32], data: Option<Vec<u8>>| {
        let mut entries = vec![
            ("shape.npy", npy_i32(&[3, 4])),
            ("indptr.npy", npy_i32(indptr)),
            ("indices.npy", npy_i32(indices)),
        ];
        entries.extend(data.map(|data| ("data.npy", data)));
        zip(&entries)
    };
    assert!(with(file("x.npz", npz())).is_ok());
    assert_eq!(
        x(parts(&[0, 1, 2, 2], &[0, 1], Some(npy_f32("2,", &[1.0, f32::INFINITY])))),
        "x.npz: row 1, column 1: the value inf is not finite"
    );
    assert_eq!(
        x(parts(&[0, 1, 2], &[0, 1], None)),
        "x.npz: indptr has 3 entries, 3 rows need one more than there are rows"
    );
    assert_eq!(x(parts(&[0, 2, 1, 2], &[0, 1], None)), "x.npz: indptr falls from 2 to 1 at row 1");
    assert_eq!(
        x(parts(&[0, 2, 2, 2], &[1, 4], None)),
        "x.npz: row 0: column 4 is out of range, there are 4 columns"
    );
    assert_eq!(
        x(parts(&[0, 2, 2, 2], &[-1, 2], None)),
        "x.npz, indices.npy: indices -1 is out of range, allowed are 0 to 4294967295"
    );
    assert_eq!(
        x(zip(&[("shape.npy", npy_i32(&[3, 4])), ("a.npy", vec![])])),
        "x.npz: there is no array indptr.npy; sparse features have shape, indptr, indices and data, the file has \"shape.npy, a.npy\""
    );
    assert_eq!(
        x(fixture("sparse_csc.npz").bytes),
        "x.npz: sparse features are read by rows; convert them with tocsr()"
    );
}

#[test]
fn damaged_zip_files_are_named() {
    let x = |bytes: Vec<u8>| message(with(file("x.npz", bytes)));
    let whole = npz();
    let directory = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let patched = |at: usize, patch: &[u8]| {
        let mut bytes = whole.clone();
        bytes[at..at + patch.len()].copy_from_slice(patch);
        bytes
    };
    assert_eq!(
        x(whole[..whole.len() - 30].to_vec()),
        "x.npz: the zip file is truncated: it has no end record"
    );
    assert_eq!(x(patched(directory, b"PK\x00\x00")), "x.npz: the zip file is truncated or damaged");
    assert_eq!(
        x(patched(directory + 24, &(2u32 << 30).to_le_bytes())),
        format!(
            "x.npz: shape.npy: the entry claims to unpack from {} to 2,147,483,648 bytes, which cannot be",
            whole[directory + 20]
        )
    );
    assert_eq!(
        x(patched(directory + 24, &u32::MAX.to_le_bytes())),
        "x.npz: shape.npy: zip64 is not read; save fewer than 4 GB"
    );
    assert_eq!(
        x(patched(directory + 24, &[50, 0, 0, 0])),
        "x.npz: shape.npy: the entry claims 50 bytes and unpacks to more"
    );
    assert_eq!(
        x(patched(directory + 24, &[255, 0, 0, 0])),
        format!("x.npz: shape.npy: the entry claims 255 bytes and unpacks to {}", npy_i32(&[3, 4]).len())
    );
    assert_eq!(
        x(patched(directory + 10, &[14])),
        "x.npz: shape.npy: zip method 14 is not read, allowed are stored and deflated"
    );
    assert_eq!(x(patched(directory + 8, &[1])), "x.npz: shape.npy: the entry is encrypted");
    let mut crc = flate2::Crc::new();
    crc.update(&npy_i32(&[3, 4]));
    assert_eq!(
        x(patched(directory + 16, &[0; 4])),
        format!("x.npz: shape.npy: the checksum is {:08x}, the zip file says 00000000", crc.sum())
    );
}

fn tensors(list: &[(&str, Tensor)], metadata: &[(&str, &str)]) -> InputFile {
    let mut map = TensorMap::default();
    map.tensors.extend(list.iter().map(|(name, tensor)| ((*name).to_owned(), tensor.clone())));
    map.metadata.extend(metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    file("g.safetensors", map.write().unwrap())
}

#[test]
fn tensors_that_make_no_graph_are_named() {
    let edge_index = ("edge_index", Tensor::i64(&[2, 2], vec![0, 1, 1, 2]));
    let with = |tensor: (&str, Tensor), metadata: &[(&str, &str)]| {
        message(open(&[tensors(&[edge_index.clone(), tensor], metadata)]))
    };
    let one = |name: &'static str, shape: &[usize], data: &[i64]| (name, Tensor::i64(shape, data.to_vec()));
    let model = tensors(
        &[("conv1.bias", Tensor::f32(&[1], vec![0.0])), ("conv1.lin.weight", Tensor::f32(&[1], vec![0.0]))],
        &[],
    );
    assert_eq!(code(open(std::slice::from_ref(&model))), "missing_tensor");
    assert_eq!(
        message(open(&[model])),
        "g.safetensors: there is no tensor edge_index, so this is not a graph; it has conv1.bias, conv1.lin.weight and may be a model"
    );
    let plan = tensors(&[("nodes", Tensor::f32(&[1], vec![0.0]))], &[("kind", "plan")]);
    assert_eq!(code(open(std::slice::from_ref(&plan))), "missing_tensor");
    assert_eq!(
        message(open(&[plan])),
        "g.safetensors: this is a plan, not a graph; open the graph that it was made for, then the plan with openPlan"
    );
    let alone = |tensor: Tensor| message(open(&[tensors(&[("edge_index", tensor)], &[])]));
    assert_eq!(
        alone(Tensor::i64(&[3, 1], vec![0, 1, 2])),
        "g.safetensors: edge_index has shape [3, 1], allowed is [2, edges]"
    );
    assert_eq!(
        alone(Tensor::i64(&[2, 1], vec![0, -1])),
        "g.safetensors: element 1 of edge_index is -1, allowed are 0 to 4294967294"
    );
    assert_eq!(
        alone(Tensor::f32(&[2, 1], vec![0.0, 1.0])),
        "g.safetensors: edge_index holds floats, it must hold integers"
    );
    assert_eq!(
        with(("x", Tensor::f32(&[2, 1], vec![0.0; 2])), &[]),
        "g.safetensors: features: 2 rows, the graph has 3 nodes"
    );
    assert_eq!(
        with(("x", Tensor::f32(&[3, 1], vec![0.0, f32::NAN, 0.0])), &[]),
        "g.safetensors: row 1, column 0 of the features is NaN, all must be finite"
    );
    assert_eq!(with(one("y", &[2], &[0, 1]), &[]), "g.safetensors: y: 2 rows, the graph has 3 nodes");
    assert_eq!(
        with(one("y", &[3], &[0, 1, -2]), &[]),
        "g.safetensors: label -2 of node 2: allowed are -1 (none) to 65535"
    );
    assert_eq!(
        with(one("y", &[3], &[0, 1, 2]), &[("class_names", r#"["a", "b"]"#)]),
        "g.safetensors: label 2 is out of range, there are 2 class names"
    );
    // 65,536 names are allowed, one more is not; alone or beside another file.
    let named = |num_names: usize| {
        let names = format!("[{}\"c\"]", "\"c\",".repeat(num_names - 1));
        tensors(&[edge_index.clone(), one("y", &[3], &[0, 1, 1])], &[("class_names", &names)])
    };
    let meta = || file("meta.json", r#"{"name": "g"}"#);
    assert!(open(&[named(65_536)]).is_ok());
    assert!(open(&[named(65_536), meta()]).is_ok());
    let refused = "g.safetensors: class names: 65537 exceeds the limit of 65536";
    assert_eq!(message(open(&[named(65_537)])), refused);
    assert_eq!(message(open(&[named(65_537), meta()])), refused);
    assert_eq!(
        message(task::run(TensorsJob::new(named(65_537), &OpenOptions::default(), &Limits::default()))),
        refused
    );
    assert_eq!(
        with(one("train_mask", &[3], &[0, 1, 2]), &[]),
        "g.safetensors: train_mask holds 2, allowed are 0 and 1"
    );
    assert_eq!(
        with(one("train_mask", &[2], &[0, 1]), &[]),
        "g.safetensors: train_mask: 2 rows, the graph has 3 nodes"
    );
    assert_eq!(
        with(one("val_mask", &[3, 2], &[0; 6]), &[("splits", r#"["a"]"#)]),
        "g.safetensors: the metadata splits has 1 names, the masks have 2 columns"
    );
    assert_eq!(
        with(one("num_nodes", &[], &[2]), &[]),
        "g.safetensors: num_nodes is 2, the tensors have 3 nodes"
    );
    assert_eq!(
        with(one("x_indptr", &[4], &[0, 0, 0, 0]), &[]),
        "g.safetensors: x_indptr needs the metadata num_features"
    );
    assert_eq!(
        with(one("x_indptr", &[4], &[0, 0, 0, 0]), &[("num_features", "5")]),
        "g.safetensors: x_indptr needs the tensor x_indices"
    );
    let whole = tensors(std::slice::from_ref(&edge_index), &[]).bytes;
    let cut = message(open(&[file("g.safetensors", &whole[..whole.len() - 5])]));
    assert!(cut.starts_with("g.safetensors: not a readable safetensors file: "), "{cut}");
    assert_eq!(
        message(open(&[file("g.safetensors", &whole[..20])])),
        format!(
            "g.safetensors: the safetensors header claims {} bytes, 12 follow; the file is cut off or not safetensors",
            whole[0]
        )
    );
    let claim = [&(2u64 << 30).to_le_bytes()[..], b"{}"].concat();
    assert_eq!(
        message(open(&[file("g", claim)])),
        "g: the safetensors header claims 2147483648 bytes, 2 follow; the file is cut off or not safetensors"
    );
}
