import { expect, it } from "vitest";

import { firstHost, givenRole } from "./role.ts";

const roleIn = (variables: Record<string, string>, flags: object = {}) =>
  givenRole(variables, { isCounted: false, ...flags });

it("is alone where nobody started several", () => {
  expect(roleIn({})).toEqual({ kind: "alone" });
  expect(roleIn({ WORLD_SIZE: "1", RANK: "0" })).toEqual({ kind: "alone" });
  // A batch script is one process, whatever its job has.
  expect(roleIn({ SLURM_NTASKS: "4", SLURM_PROCID: "0" })).toEqual({ kind: "alone" });
});

it("is that of our own launcher, before any other", () => {
  const role = { kind: "follow", count: 2, host: "127.0.0.1", port: 4000, place: 1 };
  expect(roleIn({ TSSL_PROCESS: JSON.stringify(role), WORLD_SIZE: "4", RANK: "0" })).toEqual(role);
});

it("is torchrun's, at the port after its own", () => {
  const torchrun = { WORLD_SIZE: "4", MASTER_ADDR: "node-a", MASTER_PORT: "29500" };
  const meeting = { count: 4, host: "node-a", port: 29501 };
  expect(roleIn({ ...torchrun, RANK: "0", LOCAL_RANK: "0" })).toEqual({
    kind: "lead",
    ...meeting,
    notice: "4 processes train together, started by torchrun.",
  });
  expect(roleIn({ ...torchrun, RANK: "3", LOCAL_RANK: "1" })).toEqual({
    kind: "follow",
    ...meeting,
    place: 1,
  });
});

it("is srun's, on the first of its hosts", () => {
  const srun = {
    SLURM_STEP_NUM_TASKS: "8",
    SLURM_PROCID: "5",
    SLURM_LOCALID: "1",
    SLURM_STEP_NODELIST: "gpu[08-09,12]",
    SLURM_JOB_ID: "4012345",
  };
  expect(roleIn(srun)).toEqual({ kind: "follow", count: 8, host: "gpu08", port: 22_345, place: 1 });
});

it.each([
  ["node1", "node1"],
  ["node1,node2", "node1"],
  ["node[08-10,12],login", "node08"],
  ["a-b[1,3]", "a-b1"],
])("the first host of %s is %s", (list, first) => expect(firstHost(list)).toBe(first));

it("is mpirun's where the command line says where to meet", () => {
  const mpirun = { OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_LOCAL_RANK: "1" };
  const rendezvous = { host: "node-a", port: 29400 };
  expect(roleIn(mpirun, { rendezvous })).toEqual({ kind: "follow", count: 2, ...rendezvous, place: 1 });
  expect(() => roleIn(mpirun)).toThrow(/^mpirun does not say where/);
  expect(() => roleIn(mpirun, { rendezvous, isCounted: true })).toThrow(/^mpirun has started/);
});
