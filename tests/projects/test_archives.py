"""A project's folder on another machine: paths lead there, and nothing else is changed that looks like one."""

from jupyter_mlops.projects.archives import pack, unpack
from jupyter_mlops.projects.plans import Plan


def test_paths_lead_into_the_folder_that_was_sent(tmp_path):
    folder, really = tmp_path / "app", tmp_path / "really"
    really.mkdir()
    folder.symlink_to(really)
    (folder / "data.csv").write_text("a,b")
    elsewhere = (f"s3://bucket{folder}/x.csv", f"{folder}2/x.csv", f"/other{folder}")
    command = f"cd\n{folder}\ntrain '{folder}/data.csv' --from=file://{folder}/data.csv {' '.join(elsewhere)}"
    plan = Plan("r", "0", "http://store", "", str(folder), "main", command=command, paths=(f"{folder}/data.csv", *elsewhere))
    got = unpack(pack(str(folder)), plan, str(tmp_path / "there"))
    now = f"{tmp_path}/there/project"
    assert (got.folder, got.paths) == (now, (f"{now}/data.csv", *elsewhere))
    assert got.command == f"cd\n{now}\ntrain '{now}/data.csv' --from=file://{now}/data.csv {' '.join(elsewhere)}"
    really.rename(tmp_path / "away")
    assert (tmp_path / "there" / "project" / "data.csv").read_text() == "a,b"
