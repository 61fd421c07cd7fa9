// Written by tools/ui_types.py from our OpenAPI. Do not edit: change the server, then run it again.

/** A number as JSON carries it: NaN and the infinities travel as text. */
export type Num = number | string

/** A user or service account, with what it may do. `local` is the loopback user without login. */
export interface Actor {
  name: string
  roles: Record<string, Role>
  server_admin: boolean
  token_id: string
  service: boolean
  groups: string[]
  audits: string[]
  grants: Record<string, Held[]>
  scopes: TokenScope[] | null
  only: string[]
  everywhere: boolean
  session: string
}

/** A file of a run or logged model, or a directory (`size` then None). */
export interface Artifact {
  path: string
  is_dir: boolean
  size: number | null
  digest: string
  media_type: string
  created_ms: number
}

/** Who did what to which thing, when. `detail` holds old and new values where they are small. */
export interface AuditEvent {
  id: number
  at_ms: number
  workspace: string
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
  request_id: string
}

/** What can be done to many runs beside changing their fields. */
export type BulkAction = "delete" | "restore" | "stop"

/** One change of up to 1,000 runs: either an `update` or an `action`. */
export interface BulkChange {
  runs: string[]
  update?: RunUpdate | null
  action?: BulkAction | null
}

/** What became of one run: done, or the kind of refusal and its words. */
export interface BulkOutcome {
  id: string
  done: boolean
  kind: string
  message: string
}

/** An outcome for each run, in the order of the request. */
export interface BulkResult {
  done: number
  refused: number
  runs: BulkOutcome[]
}

/** What the values of a column are; in a frame texts and enums are codes of the column's `dictionary`. */
export type ColumnKind = "enum" | "number" | "text" | "time"

/** Console lines from `first` on; `total` is the number of lines of the run. */
export interface ConsolePage {
  first: number
  total: number
  lines: LogLine[]
  numbers: number[]
  next: number | null
}

/** How many a search finds. */
export interface Count {
  count: number
}

/** A dataset that a run read. `source`, `schema` and `profile` are JSON texts. */
export interface DatasetInput {
  name: string
  digest: string
  source_type: string
  source: string
  schema: string | null
  profile: string | null
  tags: Record<string, string>
}

/** A dataset that a run read. `source`, `schema` and `profile` are JSON texts. */
export interface DatasetInputIn {
  name: string
  digest: string
  source_type?: string
  source?: string
  schema?: string | null
  profile?: string | null
  tags?: Record<string, string>
}

/** Every refusal of the native API. */
export interface Error {
  error: ErrorDetail
}

/** What was refused, where, and what helps. */
export interface ErrorDetail {
  kind: string
  message: string
  where: string
  hint: string
  request_id: string
}

/** Something changed: `kind` is `<thing>.<verb>`, `subject` the id of the thing, `parent` its container. */
export interface Event {
  id: number
  at_ms: number
  workspace: string
  kind: string
  subject: string
  parent: string
}

/** Events after an id. Ask next for those after `last`. With `reset` some were missed (too old): load afresh. */
export interface EventPage {
  items: Event[]
  last: number
  reset: boolean
}

/** A named group of runs. */
export interface Experiment {
  id: string
  name: string
  workspace: string
  artifact_location: string
  lifecycle: Lifecycle
  created_ms: number
  updated_ms: number
  tags: Record<string, string>
}

/** A new experiment. With `exist_ok` an active one of that name is returned instead of a refusal. */
export interface ExperimentCreate {
  name: string
  artifact_location?: string
  tags?: Record<string, string>
  exist_ok?: boolean
}

/** Changes to an experiment; a tag set to None is removed. */
export interface ExperimentUpdate {
  name?: string | null
  tags?: Record<string, string | null>
}

/** A value, and how many runs have it. */
export interface Facet {
  value: Num
  runs: number
}

/** The values of `key`: a column as in `RunTable`, or name, state, kind, user, group, parent_id. */
export interface FacetQuery {
  experiments?: string[]
  filter?: string
  lifecycle?: Lifecycle | null
  key: string
  limit?: number
}

/** The most frequent values first. `distinct` values are there in all; `missing` runs have none. */
export interface Facets {
  key: string
  kind: ColumnKind
  values: Facet[]
  distinct: number
  missing: number
  runs: number
}

/** Copy a run up to and including `step` into a new run. */
export interface Fork {
  step?: number | null
  name?: string
  id?: string | null
}

/** The code a run came from. */
export interface GitState {
  commit: string
  branch: string
  remote: string
  dirty: boolean
}

/** The code a run came from. */
export interface GitStateIn {
  commit?: string
  branch?: string
  remote?: string
  dirty?: boolean
}

/** Which way a metric is better. */
export type Goal = "max" | "min"

/** A grant as its holder has it: a role on the resources that a pattern names (`models/*`, `models/fraud`). */
export interface Held {
  pattern: string
  role: Role
}

/** The most important params first. */
export interface Importance {
  metric: string
  runs: number
  total: number
  explained: number | null
  params: ParamImportance[]
  note: string
  took_ms: number
}

/** What the params do to a metric: a column as in `RunTable`, `metrics.loss.min` or just `loss` for its last value. */
export interface ImportanceQuery {
  experiments?: string[]
  filter?: string
  lifecycle?: Lifecycle | null
  metric: string
  goal?: Goal | null
  params?: string[]
}

/** What a run read. */
export interface Inputs {
  datasets?: DatasetInputIn[]
  models?: ModelInputIn[]
}

/** One unit of background work. `fence` rises with every lease, so a late worker cannot finish another's lease. */
export interface Job {
  id: string
  kind: string
  workspace: string
  payload: Record<string, unknown>
  state: JobState
  attempts: number
  max_attempts: number
  fence: number
  run_at_ms: number
  lease_until_ms: number | null
  created_ms: number
  finished_ms: number | null
  error: string
  result: Record<string, unknown>
}

/** Where a job is. */
export type JobState = "cancelled" | "done" | "failed" | "leased" | "queued"

/** A key that some runs have: how many, and of which kind its values are (number when all of them are). */
export interface KeyInfo {
  key: string
  runs: number
  kind: ColumnKind
}

/** Active, or deleted and still restorable. */
export type Lifecycle = "active" | "deleted"

/** The batch is committed. `duplicate` tells that it already was; `stop` that a person asked the run to stop. */
export interface LogAck {
  seq: number
  duplicate: boolean
  stop: boolean
}

/** Everything a client logs to a run, in one call that is safe to repeat. */
export interface LogBatch {
  writer?: string
  seq?: number
  points?: Points[]
  params?: Record<string, unknown>
  tags?: Record<string, string>
  summary?: Record<string, unknown>
  definitions?: MetricDefinition[]
  lines?: LogLineIn[]
  origin?: OriginIn | null
  dropped?: number
}

/** One line of console output; `stream` is `stdout` or `stderr`; ANSI codes are kept. */
export interface LogLine {
  time_ms: number
  stream: string
  text: string
}

/** One line of console output; `stream` is `stdout` or `stderr`; ANSI codes are kept. */
export interface LogLineIn {
  time_ms: number
  stream: string
  text: string
}

/** A model logged by a run (id `m-<32 hex>`), with its own params, tags, metrics and artifacts. */
export interface LoggedModel {
  id: string
  experiment_id: string
  name: string
  kind: string
  state: LoggedModelState
  state_message: string
  lifecycle: Lifecycle
  source_run_id: string | null
  user: string
  created_ms: number
  updated_ms: number
  artifact_uri: string
  params: Record<string, string>
  tags: Record<string, string>
  metrics: ModelMetric[]
}

/** A new logged model; without a name it is given one. Its experiment is that of its run when it names none. */
export interface LoggedModelCreate {
  id?: string | null
  created_ms?: number | null
  experiment_id?: string | null
  name?: string
  kind?: string
  source_run_id?: string | null
  params?: Record<string, string>
  tags?: Record<string, string>
}

/** Whether a logged model's files are complete. */
export type LoggedModelState = "failed" | "pending" | "ready" | "unspecified"

/** Changes to a logged model; absent fields stay. A tag set to None is removed; params are written once. */
export interface LoggedModelUpdate {
  state?: LoggedModelState | null
  state_message?: string | null
  tags?: Record<string, string | null>
  params?: Record<string, string>
  metrics?: ModelMetricIn[]
}

/** Name and password, exchanged for a session cookie or token. */
export interface Login {
  user: string
  password: string
}

/** How a metric of a run is to be read: its goal (`best`), its x axis, its policy for repeated steps. */
export interface MetricDefinition {
  key: string
  goal?: Goal | null
  step_metric?: string | null
  policy?: StepPolicy
  hidden?: boolean
}

/** A metric of a run, in a list. */
export interface MetricEntry {
  last: Num
  step: number
  time_ms: number
  count: number
  min: Num | null
  max: Num | null
  mean: Num | null
  best: Num | null
  nans: number
  key: string
}

/** A metric by name: how many of the runs asked about have it, and how many points they have of it. */
export interface MetricKey {
  key: string
  runs: number
  points: number
}

/** All points of a series in a few numbers. */
export interface MetricSummary {
  last: Num
  step: number
  time_ms: number
  count: number
  min: Num | null
  max: Num | null
  mean: Num | null
  best: Num | null
  nans: number
}

/** A logged model that a run used. */
export interface ModelInput {
  model_id: string
}

/** A logged model that a run used. */
export interface ModelInputIn {
  model_id: string
}

/** A metric value of a logged model, on a dataset when named. */
export interface ModelMetric {
  key: string
  value: Num
  step: number
  time_ms: number
  run_id: string
  dataset_name: string | null
  dataset_digest: string | null
}

/** A metric value of a logged model, on a dataset when named. */
export interface ModelMetricIn {
  key: string
  value: Num
  step?: number
  time_ms?: number
  run_id?: string
  dataset_name?: string | null
  dataset_digest?: string | null
}

/** A logged model that a run made, at a step. */
export interface ModelOutput {
  model_id: string
  step: number
}

/** A logged model that a run made, at a step. */
export interface ModelOutputIn {
  model_id: string
  step?: number
}

/** A token just made, with its secret (`mw_…`), shown once. */
export interface NewToken {
  token: Token
  secret: string
}

/** How a run was started: command line, code, machine, interpreter, packages (name → version). */
export interface Origin {
  command: string[]
  directory: string
  host: string
  os: string
  python: string
  pid: number
  cpu_count: number
  memory_bytes: number
  gpus: string[]
  git: GitState | null
  packages: Record<string, string>
  environment: Record<string, string>
}

/** How a run was started: command line, code, machine, interpreter, packages (name → version). */
export interface OriginIn {
  command?: string[]
  directory?: string
  host?: string
  os?: string
  python?: string
  pid?: number
  cpu_count?: number
  memory_bytes?: number
  gpus?: string[]
  git?: GitStateIn | null
  packages?: Record<string, string>
  environment?: Record<string, string>
}

/** What a run made. */
export interface Outputs {
  models?: ModelOutputIn[]
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageArtifact {
  items: Artifact[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageAuditEvent {
  items: AuditEvent[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageExperiment {
  items: Experiment[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageJob {
  items: Job[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageLoggedModel {
  items: LoggedModel[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageMetricEntry {
  items: MetricEntry[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageMetricKey {
  items: MetricKey[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageRun {
  items: Run[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageToken {
  items: Token[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageUser {
  items: User[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageView {
  items: View[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageWorkspace {
  items: Workspace[]
  next_page: string
}

/** How much a param matters, with intervals of 95 %; null where it cannot be said. */
export interface ParamImportance {
  param: string
  kind: ColumnKind
  n: number
  distinct: number
  importance: number | null
  importance_low: number | null
  importance_high: number | null
  correlation: number | null
  correlation_low: number | null
  correlation_high: number | null
  helps: string | null
}

/** Points of one metric as three columns of equal length. Empty `steps` count on from the last step. */
export interface Points {
  key: string
  steps: number[]
  times_ms: number[]
  values: (number | string)[]
}

/** A new name for a metric of one run. */
export interface RenameMetric {
  key: string
  new_key: string
}

/** What someone may do in a workspace, or to one resource of it. */
export type Role = "admin" | "approver" | "auditor" | "contributor" | "none" | "viewer"

/** One run. Lists leave out `origin`, inputs and outputs; `GET /runs/{id}` has all of it. */
export interface Run {
  id: string
  experiment_id: string
  name: string
  kind: RunKind
  state: RunState
  lifecycle: Lifecycle
  user: string
  parent_id: string | null
  group: string
  notes: string
  created_ms: number
  start_ms: number | null
  end_ms: number | null
  heartbeat_ms: number | null
  deleted_ms: number | null
  stop_requested: boolean
  forked_from: string | null
  fork_step: number | null
  artifact_uri: string
  params: Record<string, unknown>
  tags: Record<string, string>
  metrics: Record<string, MetricSummary>
  summary: Record<string, unknown>
  dataset_inputs: DatasetInput[]
  model_inputs: ModelInput[]
  model_outputs: ModelOutput[]
  origin: Origin | null
}

/** A new run. `id` chosen by the client makes the call safe to repeat; `experiment` is a name, made when missing. */
export interface RunCreate {
  id?: string | null
  experiment_id?: string | null
  experiment?: string | null
  name?: string
  kind?: RunKind
  state?: RunState
  user?: string
  parent_id?: string | null
  group?: string
  notes?: string
  start_ms?: number | null
  params?: Record<string, unknown>
  tags?: Record<string, string>
  origin?: OriginIn | null
  heartbeat?: boolean
}

/** The keys that some runs have, in order. */
export interface RunKeys {
  runs: number
  params: KeyInfo[]
  tags: KeyInfo[]
  metrics: KeyInfo[]
  summary: KeyInfo[]
}

/** What sort of work a run is. */
export type RunKind = "batch" | "evaluation" | "other" | "pipeline" | "step" | "training" | "trial"

/** The rows of a table as columns. `total` runs are there, also those beyond the `limit`. */
export interface RunRows {
  ids: string[]
  columns: TableColumn[]
  total: number
  took_ms: number
}

/** A search of runs; `experiments` empty means all of the workspace. */
export interface RunSearch {
  experiments?: string[]
  filter?: string
  order_by?: string[]
  max_results?: number
  page?: string
  lifecycle?: Lifecycle | null
  kinds?: RunKind[]
  with_data?: boolean
}

/** Where a run is. `crashed` is found by the server when heartbeats stop, and undone by a late one. */
export type RunState = "crashed" | "failed" | "finished" | "killed" | "queued" | "running"

/** A table of runs, a row a run, newest first unless `order_by` says otherwise. */
export interface RunTable {
  experiments?: string[]
  filter?: string
  lifecycle?: Lifecycle | null
  order_by?: string[]
  columns?: string[]
  limit?: number
}

/** Changes to a run; absent fields stay; a tag or param set to None is removed. Param edits are audited. */
export interface RunUpdate {
  name?: string | null
  state?: RunState | null
  end_ms?: number | null
  notes?: string | null
  group?: string | null
  user?: string | null
  parent_id?: string | null
  experiment_id?: string | null
  stop_requested?: boolean | null
  tags?: Record<string, string | null>
  params?: Record<string, unknown>
}

/** A search of any list: the filter language of docs/reference/search.md, `order_by` items `field [ASC|DESC]`. */
export interface Search {
  filter?: string
  order_by?: string[]
  max_results?: number
  page?: string
}

/** Which runs: `experiments` empty means all of the workspace, `lifecycle` null deleted ones too. */
export interface Selection {
  experiments?: string[]
  filter?: string
  lifecycle?: Lifecycle | null
}

/** The answer: bucket `i` covers [start + i·width, start + (i+1)·width). */
export interface SeriesGrid {
  x: string
  start: Num
  width: Num
  buckets: number
  lines: SeriesLine[]
  took_ms: number
}

/** Which metrics some runs have; `pattern` is an RE2 expression that the keys match, empty for all. */
export interface SeriesKeys {
  runs: string[]
  pattern?: string
}

/** One line of the answer: a run (or a group of runs) and a metric, one number a bucket; empty buckets are null. */
export interface SeriesLine {
  metric: string
  run: string
  group: string
  runs: number
  points: number
  exact: boolean
  min: (Num | null)[]
  max: (Num | null)[]
  mean: (Num | null)[]
  last: (Num | null)[]
  low: (Num | null)[]
  high: (Num | null)[]
  nan: number[]
  posinf: number[]
  neginf: number[]
}

/** Points of a metric as columns; `next_page` is the `after` of the page that follows, empty on the last one. */
export interface SeriesPoints {
  key: string
  steps: number[]
  times_ms: number[]
  values: Num[]
  next_page: string
}

/** Many series on one bucket grid. */
export interface SeriesQuery {
  runs: string[]
  metrics: string[]
  x?: string
  range?: Num[] | null
  buckets?: number
  group_by?: string | null
  band?: string
}

/** What a server is and how its storage is; `ok` or what is wrong with it. */
export interface ServerInfo {
  version: string
  database: string
  database_state: string
  blob_state: string
  time_ms: number
  max_body: number
  max_artifact: number
  heartbeat_timeout_s: number
  login: boolean
  uptime_s: number
}

/** Which things a list shows. */
export type Shown = "active" | "all" | "deleted"

/** What a second point at the same step means. */
export type StepPolicy = "all" | "error" | "last"

/** A column of a table: a value a run, null where it has none. Numbers that are no number are texts (`"NaN"`). */
export interface TableColumn {
  name: string
  kind: ColumnKind
  values: unknown[]
}

/** An API token as listed: never its secret. */
export interface Token {
  id: string
  user: string
  label: string
  created_ms: number
  expires_ms: number | null
  last_used_ms: number | null
  revoked: boolean
}

/** A new token for the caller. `days` None means 90; the secret is shown once, in the answer. */
export interface TokenCreate {
  label?: string
  days?: number | null
}

/** What a token may be used for, of what its owner may do. */
export type TokenScope = "admin" | "approve" | "read" | "write"

/** A file that is sent in parts, in any order; it appears when the upload is completed. */
export interface Upload {
  id: string
  owner: string
  path: string
  created_ms: number
  parts: UploadPart[]
}

/** The parts that make the file, in order; empty means all that arrived, by number. */
export interface UploadComplete {
  parts?: number[]
}

/** One part of an upload, as it arrived. */
export interface UploadPart {
  number: number
  digest: string
  size: number
}

/** A person or service account. */
export interface User {
  name: string
  server_admin: boolean
  disabled: boolean
  created_ms: number
  roles: Record<string, Role>
}

/** A new user. The password has at least 12 characters; without one only tokens log in. */
export interface UserCreate {
  name: string
  password?: string | null
  server_admin?: boolean
  roles?: Record<string, Role>
}

/** Changes to a user; absent fields stay. */
export interface UserUpdate {
  password?: string | null
  server_admin?: boolean | null
  disabled?: boolean | null
  roles?: Record<string, Role> | null
}

/** A saved view of an experiment's runs. `state` is the page's own; `shared` ones are seen by all members. */
export interface View {
  id: string
  experiment_id: string
  name: string
  owner: string
  shared: boolean
  state: Record<string, unknown>
  created_ms: number
  updated_ms: number
}

/** A new view; at most 256 KB of state. */
export interface ViewCreate {
  name: string
  state: Record<string, unknown>
  shared?: boolean
}

/** Changes to a view; absent fields stay. */
export interface ViewUpdate {
  name?: string | null
  state?: Record<string, unknown> | null
  shared?: boolean | null
}

/** A workspace isolates everything in it. */
export interface Workspace {
  id: string
  description: string
  created_ms: number
}

/** A workspace isolates everything in it. */
export interface WorkspaceIn {
  id: string
  description?: string
  created_ms?: number
}

/** Every native operation: its path and query parameters, its body, its answer. */
export interface Ops {
  /** Exchange name and password for a session cookie */
  access_login: { params: Record<never, never>; body: Login; answer: User }
  /** End the session of the cookie */
  access_logout: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Who the caller is */
  access_me: { params: Record<never, never>; body: undefined; answer: Actor }
  /** Users, or the members of the workspace */
  access_list_users: { params: Record<never, never>; body: undefined; answer: PageUser }
  /** Add a user */
  access_create_user: { params: Record<never, never>; body: UserCreate; answer: User }
  /** Change a user, a role, or one's own password */
  access_update_user: { params: { name: string }; body: UserUpdate; answer: User }
  /** Remove a user with its tokens and sessions */
  access_delete_user: { params: { name: string }; body: undefined; answer: undefined }
  /** The caller's API tokens */
  access_list_tokens: { params: Record<never, never>; body: undefined; answer: PageToken }
  /** Make an API token; its secret is shown this once */
  access_create_token: { params: { user?: string }; body: TokenCreate; answer: NewToken }
  /** Revoke an API token */
  access_revoke_token: { params: { token_id: string }; body: undefined; answer: undefined }
  /** The workspaces that the caller can see */
  access_list_workspaces: { params: Record<never, never>; body: undefined; answer: PageWorkspace }
  /** Add a workspace */
  access_create_workspace: { params: Record<never, never>; body: WorkspaceIn; answer: Workspace }
  /** Search what was changed, by whom and when */
  audit_search_audit: { params: Record<never, never>; body: Search; answer: PageAuditEvent }
  /** What changed: server-sent events, or a long poll */
  events_follow: { params: { kinds?: string; subject?: string; parent?: string; after?: number | null; wait_s?: number }; body: undefined; answer: EventPage }
  /** Search background jobs */
  jobs_search_jobs: { params: Record<never, never>; body: Search; answer: PageJob }
  /** One background job */
  jobs_get_job: { params: { job_id: string }; body: undefined; answer: Job }
  /** Cancel a background job */
  jobs_cancel_job: { params: { job_id: string }; body: undefined; answer: Job }
  /** List experiments */
  experiments_listed: { params: { filter?: string; order_by?: string; max_results?: number; page?: string; lifecycle?: Shown }; body: undefined; answer: PageExperiment }
  /** Create an experiment */
  experiments_create: { params: Record<never, never>; body: ExperimentCreate; answer: Experiment }
  /** Search experiments */
  experiments_find: { params: { lifecycle?: Shown }; body: Search; answer: PageExperiment }
  /** Find an experiment by its name */
  experiments_by_name: { params: { name: string }; body: undefined; answer: Experiment }
  /** One experiment */
  experiments_get: { params: { experiment_id: string }; body: undefined; answer: Experiment }
  /** Rename an experiment, change its tags */
  experiments_update: { params: { experiment_id: string }; body: ExperimentUpdate; answer: Experiment }
  /** Delete an experiment and its runs */
  experiments_delete: { params: { experiment_id: string }; body: undefined; answer: undefined }
  /** Restore a deleted experiment */
  experiments_restore: { params: { experiment_id: string }; body: undefined; answer: Experiment }
  /** Remove a deleted experiment for good */
  experiments_purge: { params: { experiment_id: string }; body: undefined; answer: undefined }
  /** Create a run */
  runs_create: { params: Record<never, never>; body: RunCreate; answer: Run }
  /** Search runs */
  runs_find: { params: Record<never, never>; body: RunSearch; answer: PageRun }
  /** Count runs */
  runs_count: { params: Record<never, never>; body: RunSearch; answer: Count }
  /** One run */
  runs_get: { params: { run_id: string }; body: undefined; answer: Run }
  /** Change a run */
  runs_update: { params: { run_id: string }; body: RunUpdate; answer: Run }
  /** Delete a run */
  runs_delete: { params: { run_id: string }; body: undefined; answer: undefined }
  /** Restore a deleted run */
  runs_restore: { params: { run_id: string }; body: undefined; answer: Run }
  /** Remove a deleted run for good */
  runs_purge: { params: { run_id: string }; body: undefined; answer: undefined }
  /** Fork a run */
  runs_fork: { params: { run_id: string }; body: Fork; answer: Run }
  /** Log to a run */
  runs_write: { params: { run_id: string }; body: LogBatch; answer: LogAck }
  /** Console lines of a run */
  runs_lines: { params: { run_id: string; first?: number; limit?: number; query?: string; regex?: boolean; tail?: number | null }; body: undefined; answer: ConsolePage }
  /** Say what a run read */
  runs_read: { params: { run_id: string }; body: Inputs; answer: undefined }
  /** Say which models a run made */
  runs_made: { params: { run_id: string }; body: Outputs; answer: undefined }
  /** The runs below a run */
  runs_children: { params: { run_id: string; deep?: boolean }; body: undefined; answer: PageRun }
  /** Tell that a run's process is alive */
  runs_heartbeat: { params: { run_id: string }; body: undefined; answer: LogAck }
  /** Ask a run to stop */
  runs_stop: { params: { run_id: string }; body: undefined; answer: Run }
  /** Remove a tag of a run */
  runs_delete_tag: { params: { run_id: string; key: string }; body: undefined; answer: undefined }
  /** A table of runs */
  runs_table: { params: Record<never, never>; body: RunTable; answer: RunRows }
  /** The keys that some runs have */
  runs_columns: { params: Record<never, never>; body: Selection; answer: RunKeys }
  /** The values of a param, tag or field of some runs */
  runs_facets: { params: Record<never, never>; body: FacetQuery; answer: Facets }
  /** What the params do to a metric */
  runs_importances: { params: Record<never, never>; body: ImportanceQuery; answer: Importance }
  /** Change many runs */
  runs_change: { params: Record<never, never>; body: BulkChange; answer: BulkResult }
  /** Saved views of an experiment */
  views_listed: { params: { experiment_id: string }; body: undefined; answer: PageView }
  /** Save a view */
  views_create: { params: { experiment_id: string }; body: ViewCreate; answer: View }
  /** One saved view */
  views_get: { params: { view_id: string }; body: undefined; answer: View }
  /** Change a saved view */
  views_update: { params: { view_id: string }; body: ViewUpdate; answer: View }
  /** Delete a saved view */
  views_delete: { params: { view_id: string }; body: undefined; answer: undefined }
  /** Many series on one bucket grid */
  series_query: { params: Record<never, never>; body: SeriesQuery; answer: SeriesGrid }
  /** The metrics of a run */
  series_listed: { params: { run_id: string }; body: undefined; answer: PageMetricEntry }
  /** The points of a metric */
  series_history: { params: { run_id: string; key: string; after?: string; limit?: number }; body: undefined; answer: SeriesPoints }
  /** Delete a metric of a run */
  series_delete: { params: { run_id: string; key: string }; body: undefined; answer: undefined }
  /** Rename a metric of a run */
  series_rename: { params: { run_id: string }; body: RenameMetric; answer: undefined }
  /** The metrics that some runs have */
  series_keys: { params: Record<never, never>; body: SeriesKeys; answer: PageMetricKey }
  /** List files of a run */
  artifacts_list_of_run: { params: { run_id: string; path?: string }; body: undefined; answer: PageArtifact }
  /** Download a file of a run */
  artifacts_get_of_run: { params: { run_id: string; path: string }; body: undefined; answer: undefined }
  /** Upload a file of a run */
  artifacts_put_of_run: { params: { run_id: string; path: string }; body: BodyInit; answer: Artifact }
  /** Delete files of a run */
  artifacts_delete_of_run: { params: { run_id: string; path: string }; body: undefined; answer: undefined }
  /** Begin to upload a file of a run in parts */
  artifacts_start_of_run: { params: { run_id: string; path: string }; body: undefined; answer: Upload }
  /** List files of a logged model */
  artifacts_list_of_model: { params: { model_id: string; path?: string }; body: undefined; answer: PageArtifact }
  /** Download a file of a logged model */
  artifacts_get_of_model: { params: { model_id: string; path: string }; body: undefined; answer: undefined }
  /** Upload a file of a logged model */
  artifacts_put_of_model: { params: { model_id: string; path: string }; body: BodyInit; answer: Artifact }
  /** Delete files of a logged model */
  artifacts_delete_of_model: { params: { model_id: string; path: string }; body: undefined; answer: undefined }
  /** Begin to upload a file of a logged model in parts */
  artifacts_start_of_model: { params: { model_id: string; path: string }; body: undefined; answer: Upload }
  /** An upload with the parts that arrived */
  artifacts_get_upload: { params: { upload_id: string }; body: undefined; answer: Upload }
  /** Abort an upload */
  artifacts_abort: { params: { upload_id: string }; body: undefined; answer: undefined }
  /** Upload a part */
  artifacts_put_part: { params: { upload_id: string; number: number }; body: BodyInit; answer: UploadPart }
  /** Make the file of its parts */
  artifacts_complete: { params: { upload_id: string }; body: UploadComplete; answer: Artifact }
  /** Create a logged model */
  models_create: { params: Record<never, never>; body: LoggedModelCreate; answer: LoggedModel }
  /** Search logged models */
  models_find: { params: { experiment?: string[]; lifecycle?: Shown }; body: Search; answer: PageLoggedModel }
  /** One logged model */
  models_get: { params: { model_id: string }; body: undefined; answer: LoggedModel }
  /** Change a logged model */
  models_update: { params: { model_id: string }; body: LoggedModelUpdate; answer: LoggedModel }
  /** Delete a logged model */
  models_delete: { params: { model_id: string }; body: undefined; answer: undefined }
  /** Restore a deleted logged model */
  models_restore: { params: { model_id: string }; body: undefined; answer: LoggedModel }
  /** Collect garbage */
  server_collect: { params: Record<never, never>; body: undefined; answer: Record<string, number> }
  /** Version, settings that matter, state of the storage */
  server_about: { params: Record<never, never>; body: undefined; answer: ServerInfo }
}

export const OPS = {
  access_login: ["POST", "/api/v1/login"],
  access_logout: ["POST", "/api/v1/logout"],
  access_me: ["GET", "/api/v1/me"],
  access_list_users: ["GET", "/api/v1/users"],
  access_create_user: ["POST", "/api/v1/users"],
  access_update_user: ["PATCH", "/api/v1/users/{name}"],
  access_delete_user: ["DELETE", "/api/v1/users/{name}"],
  access_list_tokens: ["GET", "/api/v1/tokens"],
  access_create_token: ["POST", "/api/v1/tokens"],
  access_revoke_token: ["DELETE", "/api/v1/tokens/{token_id}"],
  access_list_workspaces: ["GET", "/api/v1/workspaces"],
  access_create_workspace: ["POST", "/api/v1/workspaces"],
  audit_search_audit: ["POST", "/api/v1/audit:search"],
  events_follow: ["GET", "/api/v1/events"],
  jobs_search_jobs: ["POST", "/api/v1/jobs:search"],
  jobs_get_job: ["GET", "/api/v1/jobs/{job_id}"],
  jobs_cancel_job: ["POST", "/api/v1/jobs/{job_id}:cancel"],
  experiments_listed: ["GET", "/api/v1/experiments"],
  experiments_create: ["POST", "/api/v1/experiments"],
  experiments_find: ["POST", "/api/v1/experiments:search"],
  experiments_by_name: ["GET", "/api/v1/experiments:by-name"],
  experiments_get: ["GET", "/api/v1/experiments/{experiment_id}"],
  experiments_update: ["PATCH", "/api/v1/experiments/{experiment_id}"],
  experiments_delete: ["DELETE", "/api/v1/experiments/{experiment_id}"],
  experiments_restore: ["POST", "/api/v1/experiments/{experiment_id}:restore"],
  experiments_purge: ["POST", "/api/v1/experiments/{experiment_id}:purge"],
  runs_create: ["POST", "/api/v1/runs"],
  runs_find: ["POST", "/api/v1/runs:search"],
  runs_count: ["POST", "/api/v1/runs:count"],
  runs_get: ["GET", "/api/v1/runs/{run_id}"],
  runs_update: ["PATCH", "/api/v1/runs/{run_id}"],
  runs_delete: ["DELETE", "/api/v1/runs/{run_id}"],
  runs_restore: ["POST", "/api/v1/runs/{run_id}:restore"],
  runs_purge: ["POST", "/api/v1/runs/{run_id}:purge"],
  runs_fork: ["POST", "/api/v1/runs/{run_id}:fork"],
  runs_write: ["POST", "/api/v1/runs/{run_id}/log"],
  runs_lines: ["GET", "/api/v1/runs/{run_id}/console"],
  runs_read: ["POST", "/api/v1/runs/{run_id}/inputs"],
  runs_made: ["POST", "/api/v1/runs/{run_id}/outputs"],
  runs_children: ["GET", "/api/v1/runs/{run_id}/children"],
  runs_heartbeat: ["POST", "/api/v1/runs/{run_id}:heartbeat"],
  runs_stop: ["POST", "/api/v1/runs/{run_id}:stop"],
  runs_delete_tag: ["DELETE", "/api/v1/runs/{run_id}/tags/{key}"],
  runs_table: ["POST", "/api/v1/runs:table"],
  runs_columns: ["POST", "/api/v1/runs:columns"],
  runs_facets: ["POST", "/api/v1/runs:facets"],
  runs_importances: ["POST", "/api/v1/runs:importance"],
  runs_change: ["POST", "/api/v1/runs:bulk"],
  views_listed: ["GET", "/api/v1/experiments/{experiment_id}/views"],
  views_create: ["POST", "/api/v1/experiments/{experiment_id}/views"],
  views_get: ["GET", "/api/v1/views/{view_id}"],
  views_update: ["PATCH", "/api/v1/views/{view_id}"],
  views_delete: ["DELETE", "/api/v1/views/{view_id}"],
  series_query: ["POST", "/api/v1/series:query"],
  series_listed: ["GET", "/api/v1/runs/{run_id}/metrics"],
  series_history: ["GET", "/api/v1/runs/{run_id}/metrics/{key}"],
  series_delete: ["DELETE", "/api/v1/runs/{run_id}/metrics/{key}"],
  series_rename: ["POST", "/api/v1/runs/{run_id}/metrics:rename"],
  series_keys: ["POST", "/api/v1/series:keys"],
  artifacts_list_of_run: ["GET", "/api/v1/runs/{run_id}/artifacts"],
  artifacts_get_of_run: ["GET", "/api/v1/runs/{run_id}/artifacts/{path}"],
  artifacts_put_of_run: ["PUT", "/api/v1/runs/{run_id}/artifacts/{path}"],
  artifacts_delete_of_run: ["DELETE", "/api/v1/runs/{run_id}/artifacts/{path}"],
  artifacts_start_of_run: ["POST", "/api/v1/runs/{run_id}/uploads"],
  artifacts_list_of_model: ["GET", "/api/v1/models/{model_id}/artifacts"],
  artifacts_get_of_model: ["GET", "/api/v1/models/{model_id}/artifacts/{path}"],
  artifacts_put_of_model: ["PUT", "/api/v1/models/{model_id}/artifacts/{path}"],
  artifacts_delete_of_model: ["DELETE", "/api/v1/models/{model_id}/artifacts/{path}"],
  artifacts_start_of_model: ["POST", "/api/v1/models/{model_id}/uploads"],
  artifacts_get_upload: ["GET", "/api/v1/uploads/{upload_id}"],
  artifacts_abort: ["DELETE", "/api/v1/uploads/{upload_id}"],
  artifacts_put_part: ["PUT", "/api/v1/uploads/{upload_id}/parts/{number}"],
  artifacts_complete: ["POST", "/api/v1/uploads/{upload_id}:complete"],
  models_create: ["POST", "/api/v1/models"],
  models_find: ["POST", "/api/v1/models:search"],
  models_get: ["GET", "/api/v1/models/{model_id}"],
  models_update: ["PATCH", "/api/v1/models/{model_id}"],
  models_delete: ["DELETE", "/api/v1/models/{model_id}"],
  models_restore: ["POST", "/api/v1/models/{model_id}:restore"],
  server_collect: ["POST", "/api/v1/server:gc"],
  server_about: ["GET", "/api/v1/server"],
} as const satisfies Record<keyof Ops, readonly [string, string]>
