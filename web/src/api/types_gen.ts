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

/** One move of an alias; `version` None means that it was removed. */
export interface AliasChange {
  alias: string
  version: number | null
  previous: number | null
  at_ms: number
  actor: string
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

/** A place outside the database that keeps checkpoints: how far it has come, and what went wrong there last. */
export interface AuditAnchor {
  place: string
  size: number
  at_ms: number
  error: string
}

/** The result of a verification of the whole log. At most 100 problems are listed of all that `found` counts. */
export interface AuditCheck {
  ok: boolean
  size: number
  root: string
  at_ms: number
  seconds: number
  checkpoints: number
  anchors: number
  found: number
  problems: AuditProblem[]
}

/** A head of the log: the root hash over its first `size` rows. `note` is the C2SP signed note. */
export interface AuditCheckpoint {
  size: number
  root: string
  at_ms: number
  key_id: string
  note: string
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

/** A public key that signs or signed checkpoints; `vkey` is what verifiers of signed notes take. */
export interface AuditKey {
  id: string
  vkey: string
  created_ms: number
  current: boolean
}

/** One thing that verification found, with the first and last row that it is about (0 where it is about none). */
export interface AuditProblem {
  kind: string
  message: string
  first: number
  last: number
}

/** How the log stands. `check` is the last verification; `checking` says that one is asked for or under way. */
export interface AuditStatus {
  origin: string
  size: number
  root: string
  key_id: string
  checkpoint: AuditCheckpoint | null
  check: AuditCheck | null
  checking: boolean
  anchors: AuditAnchor[]
}

/** A bar of a histogram, [low, high); the last one includes its end. */
export interface Bin {
  low: number
  high: number
  count: number
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

/** One thing that two versions have differently; None where one has it not. */
export interface Change {
  key: string
  a: unknown
  b: unknown
}

/** How a column differs between two versions. */
export interface ColumnChange {
  name: string
  change: string
  type: string
  previous_type: string
  nulls: number | null
  previous_nulls: number | null
  mean: number | null
  previous_mean: number | null
  distance: number | null
}

/** A column that flows into another. `*` as target: into the whole (a filter, a join). */
export interface ColumnEdge {
  source: string
  target: string
  how: string
}

/** A column that flows into another. `*` as target: into the whole (a filter, a join). */
export interface ColumnEdgeIn {
  source: string
  target: string
  how?: string
}

/** The answer to a walk over columns. The first nodes are where it began. */
export interface ColumnGraph {
  nodes: ColumnNode[]
  edges: ColumnLink[]
  truncated: boolean
}

/** What the values of a column are; in a frame texts and enums are codes of the column's `dictionary`. */
export type ColumnKind = "enum" | "number" | "text" | "time"

/** A column edge between places in a list of column nodes. */
export interface ColumnLink {
  source: number
  target: number
  how: string
  origin: EdgeOrigin
}

/** A column of a thing. */
export interface ColumnNode {
  kind: string
  id: string
  column: string
  depth: number
}

/** The version that was made, or was there already; or, without one, digests of contents to be sent first. */
export interface Committed {
  version: DataVersion | null
  created: boolean
  missing: string[]
}

/** Two versions side by side: only what differs, but for `metrics`, which has all. */
export interface Comparison {
  a: ModelVersion
  b: ModelVersion
  metrics: Change[]
  params: Change[]
  data: Change[]
  code: Change[]
  packages: Change[]
  signature: Change[]
  flavors: Change[]
  files: Change[]
  size: Change | null
  patch: string
}

/** That the log of `size` begins with the log of `old_size`: nothing in it was changed (RFC 6962). */
export interface ConsistencyProof {
  old_size: number
  old_root: string
  size: number
  root: string
  path: string[]
}

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

/** A name that points to one version, and can be moved. */
export interface DataAlias {
  alias: string
  version: number
  set_ms: number
  set_by: string
}

/** What differs between two versions of a dataset. `changes` is cut at a limit; the counts are whole. */
export interface DataDiff {
  dataset: string
  version: number
  previous: number
  same: boolean
  added: number
  removed: number
  changed: number
  unchanged: number
  bytes: number
  previous_bytes: number
  rows: number | null
  previous_rows: number | null
  changes: FileChange[]
  tables: TableChange[]
}

/** A file (or directory) of a version. */
export interface DataFile {
  path: string
  size: number | null
  digest: string
  uri: string
  is_dir: boolean
  files: number
}

/** Data that the source run read. */
export interface DataInput {
  name: string
  digest: string
  context: string
}

/** What a version is made of. */
export type DataKind = "dvc" | "files" | "query" | "references" | "table"

/** That a run read (`input`) or made (`output`) a version, and what else pins it (`direction` pin). */
export interface DataUse {
  dataset: string
  version: number
  run_id: string
  direction: string
  context: string
  at_ms: number
}

/** A version of a dataset. `digest` names its contents: the same files at the same paths are the same version. */
export interface DataVersion {
  dataset: string
  number: number
  digest: string
  kind: DataKind
  files: number
  bytes: number
  rows: number | null
  message: string
  source: string
  created_ms: number
  created_by: string
  created_run: string
  tags: Record<string, string>
  aliases: string[]
  has_profile: boolean
  stored_bytes: number
}

/** A name with versions. */
export interface Dataset {
  name: string
  description: string
  tags: Record<string, string>
  aliases: Record<string, number>
  retention: Retention
  created_ms: number
  updated_ms: number
  created_by: string
  versions: number
  latest: DataVersion | null
  uses: number
}

/** A new name. */
export interface DatasetCreate {
  name: string
  description?: string
  tags?: Record<string, string>
  exist_ok?: boolean
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

/** Changes of a dataset; None leaves a thing as it is, a tag of None is removed. */
export interface DatasetUpdate {
  description?: string | null
  tags?: Record<string, string | null>
  retention?: RetentionIn | null
}

/** How many edges were declared. */
export interface Declared {
  edges: number
}

/** Edges that a person (or a tool that reads code) declares. */
export interface DeclaredEdges {
  edges: EdgeNames[]
  origin?: EdgeOrigin
  via?: string
}

/** One message to one receiver. The id is the same at every attempt, so a receiver can tell repeats. */
export interface Delivery {
  id: string
  webhook_id: string
  kind: string
  subject: string
  state: DeliveryState
  attempts: number
  status: number
  error: string
  created_ms: number
  next_ms: number
  finished_ms: number | null
}

/** Where a delivery is. */
export type DeliveryState = "delivered" | "failed" | "queued"

/** What is known about the edges between two things. */
export interface EdgeHistory {
  origin: EdgeOrigin
  first_ms: number
  last_ms: number
  proofs: Proof[]
  columns: ColumnEdge[]
}

/** Two things by their references (`table:db::orders`, `models:/flight-delay/3`). */
export interface EdgeNames {
  source: string
  target: string
  columns?: ColumnEdgeIn[]
}

/** How an edge is known: something ran and was seen, someone said so, or it was read out of code. */
export type EdgeOrigin = "declared" | "inferred" | "observed"

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

/** The version that an alias must mean now, when given. */
export interface Expected {
  expected?: number | null
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

/** A file that differs between two versions. */
export interface FileChange {
  path: string
  change: string
  size: number | null
  previous_size: number | null
}

/** Copy a run up to and including `step` into a new run. */
export interface Fork {
  step?: number | null
  name?: string
  id?: string | null
}

/** How a receiver wants to be told. */
export type Format = "email" | "slack" | "webhook"

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

/** A role on the resources of a workspace that a pattern names, for a user (or service account) or a group. */
export interface Grant {
  id: number
  workspace: string
  pattern: string
  role: Role
  user: string | null
  group: string | null
  label: string
  created_ms: number
}

/** A new grant in the workspace of the request; one on the same pattern for the same holder is replaced. */
export interface GrantCreate {
  pattern: string
  role: Role
  user?: string | null
  group?: string | null
}

/** Another role for a grant. */
export interface GrantUpdate {
  role: Role
}

/** The answer to a walk. The first node is where it began. */
export interface Graph {
  nodes: GraphNode[]
  edges: GraphEdge[]
  truncated: boolean
}

/** An edge of an answer, between places in its list of nodes. */
export interface GraphEdge {
  source: number
  target: number
  origin: EdgeOrigin
  via: string
  first_ms: number
  last_ms: number
  hidden: number
  columns: ColumnEdge[]
}

/** A node of an answer. */
export interface GraphNode {
  kind: string
  id: string
  label: string
  depth: number
  facts: Record<string, unknown>
  gone: boolean
  more: boolean
}

/** Users that hold roles and grants together. */
export interface Group {
  id: number
  name: string
  description: string
  created_ms: number
  members: string[]
  roles: Record<string, Role>
}

/** A new group. */
export interface GroupCreate {
  name: string
  description?: string
  members?: string[]
  roles?: Record<string, Role>
}

/** Changes to a group; absent fields stay, lists are replaced. */
export interface GroupUpdate {
  description?: string | null
  members?: string[] | null
  roles?: Record<string, Role> | null
}

/** A grant as its holder has it: a role on the resources that a pattern names (`models/*`, `models/fraud`). */
export interface Held {
  pattern: string
  role: Role
}

/** What breaks if a thing changes, the most urgent first. */
export interface Impact {
  node: GraphNode
  items: ImpactItem[]
  counts: Record<string, number>
  owners: string[]
  truncated: boolean
}

/** Something that breaks, or may break. */
export interface ImpactItem {
  node: GraphNode
  distance: number
  rank: number
  why: string
  possible: boolean
  columns: string[]
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

/** That row `id`, whose canonical text is `entry`, is in the log of `size` and `root` (RFC 6962). */
export interface InclusionProof {
  id: number
  size: number
  root: string
  leaf: string
  entry: string
  path: string[]
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

/** What a registered name stands for. */
export type Kind = "model" | "prompt"

/** Active, or deleted and still restorable. */
export type Lifecycle = "active" | "deleted"

/** A shortest way between two things, with the flow; empty when there is none. */
export interface LineagePath {
  nodes: GraphNode[]
  edges: GraphEdge[]
  truncated: boolean
}

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

/** How people log in here. */
export interface LoginWays {
  password: boolean
  provider: string
  begin: string
}

/** One message of a chat prompt. */
export interface Message {
  role: string
  content: unknown
}

/** One message of a chat prompt. */
export interface MessageIn {
  role: string
  content: unknown
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

/** A version of a registered model. Lists leave out `facts`. */
export interface ModelVersion {
  name: string
  version: number
  stage: Stage
  status: string
  status_message: string
  description: string
  source: string
  location: string
  run_id: string
  model_id: string
  run_link: string
  user: string
  created_ms: number
  updated_ms: number
  size: number
  digest: string
  aliases: string[]
  tags: Record<string, string>
  facts: VersionFacts | null
}

/** One move of an alias or a stage: who, when, from what to what. */
export interface Move {
  kind: string
  name: string
  verb: string
  version: number | null
  previous: number | null
  left_stage: string
  user: string
  at_ms: number
}

/** A token just made, with its secret (`mw_…`), shown once. */
export interface NewToken {
  token: Token
  secret: string
}

/** A thing in the graph: its kind (`run`, `dataset_version`, `model`, `table`, `job` …) and its id in that kind. */
export interface Node {
  kind: string
  id: string
  label: string
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
export interface PageAliasChange {
  items: AliasChange[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageArtifact {
  items: Artifact[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageAuditCheckpoint {
  items: AuditCheckpoint[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageAuditEvent {
  items: AuditEvent[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDataAlias {
  items: DataAlias[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDataFile {
  items: DataFile[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDataUse {
  items: DataUse[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDataVersion {
  items: DataVersion[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDataset {
  items: Dataset[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageDelivery {
  items: Delivery[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageEdgeHistory {
  items: EdgeHistory[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageExperiment {
  items: Experiment[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageGrant {
  items: Grant[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageGroup {
  items: Group[]
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
export interface PageModelVersion {
  items: ModelVersion[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageMove {
  items: Move[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PagePrompt {
  items: Prompt[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PagePromptVersion {
  items: PromptVersion[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageRegisteredModel {
  items: RegisteredModel[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageRun {
  items: Run[]
  next_page: string
}

/** One page of a list; `next_page` is empty on the last one. */
export interface PageSession {
  items: Session[]
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

/** Rows of a table of a version, as they were sampled. */
export interface Preview {
  table: string
  columns: string[]
  rows: unknown[][]
  total: number
}

/** Statistics of a version. */
export interface Profile {
  tables: TableProfile[]
  made_by: string
  errors: string[]
}

/** A name for prompts. */
export interface Prompt {
  name: string
  description: string
  user: string
  created_ms: number
  updated_ms: number
  tags: Record<string, string>
  aliases: Record<string, number>
  latest: PromptVersion | null
  versions: number
}

/** A new version of a prompt; the prompt is made when it is missing. `aliases` are set in the same step. */
export interface PromptCreate {
  template: string | MessageIn[]
  message?: string
  tags?: Record<string, string>
  response_format?: Record<string, unknown> | null
  config?: Record<string, unknown> | null
  aliases?: string[]
  number?: number | null
  created_ms?: number | null
}

/** Two versions of a prompt: a unified difference of the texts, and what else differs. */
export interface PromptDiff {
  a: PromptVersion
  b: PromptVersion
  text: string
  changes: Change[]
}

/** A text, or the messages of a chat. */
export type PromptKind = "chat" | "text"

/** A version of a prompt: `template` is a text, or a list of messages; `{{ name }}` are its variables. */
export interface PromptVersion {
  name: string
  version: number
  kind: PromptKind
  template: string | Message[]
  variables: string[]
  response_format: Record<string, unknown> | null
  config: Record<string, unknown> | null
  message: string
  user: string
  created_ms: number
  updated_ms: number
  aliases: string[]
  tags: Record<string, string>
}

/** A run or job that proved an edge, and when. */
export interface Proof {
  via: string
  at_ms: number
}

/** A name for models. `latest` has the newest version of each stage, `versions` counts them. */
export interface RegisteredModel {
  name: string
  kind: Kind
  description: string
  user: string
  created_ms: number
  updated_ms: number
  tags: Record<string, string>
  aliases: Record<string, number>
  latest: ModelVersion[]
  versions: number
}

/** A new name; `exist_ok` answers with the one that is there. */
export interface RegisteredModelCreate {
  name: string
  description?: string
  tags?: Record<string, string>
  exist_ok?: boolean
}

/** A change of a model, prompt or version; absent fields stay, a tag of null is removed. */
export interface RegisteredUpdate {
  description?: string | null
  tags?: Record<string, string | null>
}

/** A new name for a registered model. */
export interface Rename {
  name: string
}

/** A new name for a metric of one run. */
export interface RenameMetric {
  key: string
  new_key: string
}

/** What a retention rule removed, or would remove; and what it would have if nothing pinned it, with the reason. */
export interface Retained {
  removed: number[]
  kept: Record<string, string>
}

/** Which versions go by themselves: those beyond the newest `keep_last` and older than `keep_days`. */
export interface Retention {
  keep_last: number | null
  keep_days: number | null
  keep_tagged: boolean
}

/** Which versions go by themselves: those beyond the newest `keep_last` and older than `keep_days`. */
export interface RetentionIn {
  keep_last?: number | null
  keep_days?: number | null
  keep_tagged?: boolean
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

/** A browser that is logged in. */
export interface Session {
  id: string
  user: string
  method: string
  address: string
  agent: string
  created_ms: number
  seen_ms: number
  expires_ms: number
  current: boolean
}

/** Which things a list shows. */
export type Shown = "active" | "all" | "deleted"

/** What goes into a model and what comes out. */
export interface Signature {
  inputs: ModelwrightTypesRegistryColumn[]
  outputs: ModelwrightTypesRegistryColumn[]
  params: ModelwrightTypesRegistryColumn[]
}

/** MLflow's fixed stages. Aliases say the same with words of your own. */
export type Stage = "Archived" | "None" | "Production" | "Staging"

/** A move of a version to a stage; `archive` moves those that are there now to Archived. */
export interface StageSet {
  stage: Stage
  archive?: boolean
  expected?: Stage | null
}

/** What a second point at the same step means. */
export type StepPolicy = "all" | "error" | "last"

/** What of a pack was new. */
export interface Stored {
  objects: number
  bytes: number
}

/** How a table differs between two versions. */
export interface TableChange {
  name: string
  rows: number | null
  previous_rows: number | null
  columns: ColumnChange[]
}

/** A column of a table: a value a run, null where it has none. Numbers that are no number are texts (`"NaN"`). */
export interface TableColumn {
  name: string
  kind: ColumnKind
  values: unknown[]
}

/** Statistics of one table of a version: files of one format and schema read as one. */
export interface TableProfile {
  name: string
  format: string
  files: number
  rows: number
  columns: ModelwrightTypesDataColumn[]
  sample: unknown[][]
  sampled: boolean
}

/** Which event to tell of; the first one that the receiver wants, when none is named. */
export interface TestRequest {
  event?: string
}

/** An API token as listed: never its secret. */
export interface Token {
  id: string
  user: string
  label: string
  scopes: TokenScope[] | null
  workspace: string
  patterns: string[]
  replaces: string
  created_ms: number
  expires_ms: number | null
  last_used_ms: number | null
  revoked: boolean
}

/** A new token for the caller. `days` None means 90; the secret is shown once, in the answer. */
export interface TokenCreate {
  label?: string
  days?: number | null
  scopes?: TokenScope[] | null
  workspace?: string
  patterns?: string[]
}

/** Replace a token: the old one goes on for `overlap_s` seconds, so that nothing that uses it stands still. */
export interface TokenRotate {
  overlap_s?: number
  days?: number | null
}

/** What a token may be used for, of what its owner may do. */
export type TokenScope = "admin" | "approve" | "read" | "write"

/** A frequent value, as text. */
export interface TopValue {
  value: string
  count: number
}

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

/** Say that a run uses a version. */
export interface UseCreate {
  run_id: string
  direction?: string
  context?: string
}

/** A person or service account. `roles` are the ones given in person; `groups` may bring more. */
export interface User {
  name: string
  server_admin: boolean
  disabled: boolean
  service: boolean
  origin: string
  created_ms: number
  roles: Record<string, Role>
  groups: string[]
}

/** A new user. The password has at least 12 characters; without one only tokens log in. */
export interface UserCreate {
  name: string
  password?: string | null
  server_admin?: boolean
  service?: boolean
  roles?: Record<string, Role>
  groups?: string[]
}

/** Changes to a user; absent fields stay. Changing one's own password takes the current one. */
export interface UserUpdate {
  password?: string | null
  current_password?: string | null
  server_admin?: boolean | null
  disabled?: boolean | null
  roles?: Record<string, Role> | null
}

/** The outcome of reading all contents of a version. */
export interface Verified {
  objects: number
  bytes: number
  damaged: string[]
}

/** What was known of a version when it was made; `problems` says what could not be read. */
export interface VersionFacts {
  flavors: Record<string, unknown>
  signature: Signature | null
  input_example: string
  requirements: string[]
  python: string
  mlflow: string
  saved: string
  metadata: Record<string, unknown>
  prompts: string[]
  files: number
  experiment_id: string
  params: Record<string, unknown>
  metrics: Record<string, Num>
  data: DataInput[]
  commit: string
  branch: string
  dirty: boolean
  packages: Record<string, string>
  problems: string[]
  marks: Record<string, unknown>
}

/** Changes of what is said about a version; None leaves a thing as it is, a tag of None is removed. */
export interface VersionUpdate {
  message?: string | null
  tags?: Record<string, string | null>
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

/** A receiver of a workspace's events. Its secret is never shown, nor the path of a Slack URL. */
export interface Webhook {
  id: string
  name: string
  url: string
  events: string[]
  description: string
  format: Format
  active: boolean
  has_secret: boolean
  created_ms: number
  updated_ms: number
  created_by: string
  failures: number
  failing_since_ms: number | null
  last_success_ms: number | null
  disabled_reason: string
}

/** A new receiver. `secret` signs what is sent (HMAC-SHA256). */
export interface WebhookCreate {
  name: string
  url: string
  events?: string[]
  description?: string
  format?: Format
  secret?: string
  active?: boolean
}

/** What came of a test: the receiver's status and the first 256 characters of its answer, or what went wrong. */
export interface WebhookTest {
  success: boolean
  status: number
  body: string
  error: string
}

/** Changes to a receiver; absent fields stay. A new URL needs the secret again, or an empty one. */
export interface WebhookUpdate {
  name?: string | null
  url?: string | null
  events?: string[] | null
  description?: string | null
  secret?: string | null
  active?: boolean | null
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

/** Where an alias is to point: a number, a digest, or another alias. */
export interface ModelwrightTypesDataAliasSet {
  version: string | number
}

/** What is known of a column. Quantiles are at 0, 0.05, …, 1; numbers that are not finite are left out. */
export interface ModelwrightTypesDataColumn {
  name: string
  type: string
  count: number
  nulls: number
  distinct: number | null
  min: string | null
  max: string | null
  mean: number | null
  std: number | null
  quantiles: number[]
  histogram: Bin[]
  top: TopValue[]
}

/** A version to be made of contents that were sent before: `root` lists the segments, `profile` is of `Profile`. */
export interface ModelwrightTypesDataVersionCreate {
  root: string
  kind?: DataKind
  profile?: string
  message?: string
  source?: string
  run_id?: string
  tags?: Record<string, string>
  aliases?: string[]
  stored_bytes?: number
  inputs?: string[]
}

/** A move of an alias to a version. `expected` is the version that it must mean now (0: none); else `conflict`. */
export interface ModelwrightTypesRegistryAliasSet {
  version: number
  expected?: number | null
}

/** One input, output or parameter of a signature. `type` is as MLflow writes it, tensors as `float64[-1,4]`. */
export interface ModelwrightTypesRegistryColumn {
  name: string
  type: string
  required: boolean
}

/** A new version. `source` is `runs:/<run>/<path>`, `models:/m-<id>`, `models:/<name>/<version>`, or a place in an */
export interface ModelwrightTypesRegistryVersionCreate {
  source: string
  description?: string
  tags?: Record<string, string>
  aliases?: string[]
  run_id?: string
  model_id?: string
  run_link?: string
  number?: number | null
  created_ms?: number | null
}

/** Every native operation: its path and query parameters, its body, its answer. */
export interface Ops {
  /** How people log in here */
  access_login_ways: { params: Record<never, never>; body: undefined; answer: LoginWays }
  /** Exchange name and password for a session cookie */
  access_login: { params: Record<never, never>; body: Login; answer: User }
  /** End the session of the cookie */
  access_logout: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Begin a login at the provider */
  access_begin_login: { params: { next?: string; fresh?: boolean }; body: undefined; answer: undefined }
  /** Finish a login at the provider */
  access_finish_login: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Who the caller is */
  access_me: { params: Record<never, never>; body: undefined; answer: Actor }
  /** Users, or the members of the workspace */
  access_list_users: { params: Record<never, never>; body: undefined; answer: PageUser }
  /** Add a user or service account */
  access_create_user: { params: Record<never, never>; body: UserCreate; answer: User }
  /** Change a user, a role, or one's own password */
  access_update_user: { params: { name: string }; body: UserUpdate; answer: User }
  /** Remove a user with its tokens and sessions */
  access_delete_user: { params: { name: string }; body: undefined; answer: undefined }
  /** Groups, or those with a role in the workspace */
  access_list_groups: { params: Record<never, never>; body: undefined; answer: PageGroup }
  /** Add a group */
  access_create_group: { params: Record<never, never>; body: GroupCreate; answer: Group }
  /** One group */
  access_get_group: { params: { name: string }; body: undefined; answer: Group }
  /** Change a group */
  access_update_group: { params: { name: string }; body: GroupUpdate; answer: Group }
  /** Remove a group with its grants */
  access_delete_group: { params: { name: string }; body: undefined; answer: undefined }
  /** Put a user in a group */
  access_join_group: { params: { name: string; user: string }; body: undefined; answer: undefined }
  /** Take a user out of a group */
  access_leave_group: { params: { name: string; user: string }; body: undefined; answer: undefined }
  /** Grants on resources of the workspace */
  access_list_grants: { params: Record<never, never>; body: undefined; answer: PageGrant }
  /** Give a role on resources */
  access_create_grant: { params: Record<never, never>; body: GrantCreate; answer: Grant }
  /** Change the role of a grant */
  access_update_grant: { params: { grant_id: number }; body: GrantUpdate; answer: Grant }
  /** Take a grant back */
  access_delete_grant: { params: { grant_id: number }; body: undefined; answer: undefined }
  /** The caller's API tokens */
  access_list_tokens: { params: Record<never, never>; body: undefined; answer: PageToken }
  /** Make an API token; its secret is shown this once */
  access_create_token: { params: { user?: string }; body: TokenCreate; answer: NewToken }
  /** Replace an API token; the old one goes on for a while */
  access_rotate_token: { params: { token_id: string }; body: TokenRotate; answer: NewToken }
  /** Revoke an API token */
  access_revoke_token: { params: { token_id: string }; body: undefined; answer: undefined }
  /** Browsers that are logged in as the caller */
  access_list_sessions: { params: { everyone?: boolean }; body: undefined; answer: PageSession }
  /** End a session */
  access_end_session: { params: { session_id: string }; body: undefined; answer: undefined }
  /** End all other sessions of the caller */
  access_end_other_sessions: { params: Record<never, never>; body: undefined; answer: Record<string, number> }
  /** The workspaces that the caller can see */
  access_list_workspaces: { params: Record<never, never>; body: undefined; answer: PageWorkspace }
  /** Add a workspace */
  access_create_workspace: { params: Record<never, never>; body: WorkspaceIn; answer: Workspace }
  /** Search what was changed, by whom and when */
  audit_search_audit: { params: Record<never, never>; body: Search; answer: PageAuditEvent }
  /** How the audit log stands */
  audit_audit_status: { params: Record<never, never>; body: undefined; answer: AuditStatus }
  /** Verify the whole audit log */
  audit_verify_audit: { params: Record<never, never>; body: undefined; answer: AuditStatus }
  /** A signed head of the audit log */
  audit_audit_checkpoint: { params: Record<never, never>; body: undefined; answer: AuditCheckpoint }
  /** The signed heads of the audit log */
  audit_audit_checkpoints: { params: { before?: number; limit?: number }; body: undefined; answer: PageAuditCheckpoint }
  /** Prove that a row is in the audit log */
  audit_prove_inclusion: { params: { id: number; size?: number }; body: undefined; answer: InclusionProof }
  /** Prove that the audit log only grew */
  audit_prove_consistency: { params: { old: number; size?: number }; body: undefined; answer: ConsistencyProof }
  /** The public keys of the audit log */
  audit_audit_keys: { params: Record<never, never>; body: undefined; answer: AuditKey[] }
  /** Sign the audit log with a new key */
  audit_rotate_audit_key: { params: Record<never, never>; body: undefined; answer: AuditKey }
  /** The audit log as JSON Lines, with its proofs */
  audit_export_audit: { params: Record<never, never>; body: undefined; answer: undefined }
  /** The newest checkpoint as a signed note */
  audit_tile_checkpoint: { params: Record<never, never>; body: undefined; answer: undefined }
  /** A tile of hashes */
  audit_tile: { params: { path: string }; body: undefined; answer: undefined }
  /** List datasets */
  datasets_list_datasets: { params: { limit?: number; page?: string }; body: undefined; answer: PageDataset }
  /** Make a dataset */
  datasets_create: { params: Record<never, never>; body: DatasetCreate; answer: Dataset }
  /** Search datasets */
  datasets_search: { params: Record<never, never>; body: Search; answer: PageDataset }
  /** A dataset with its newest version */
  datasets_get: { params: { name: string }; body: undefined; answer: Dataset }
  /** Change a dataset */
  datasets_update: { params: { name: string }; body: DatasetUpdate; answer: Dataset }
  /** Remove a dataset */
  datasets_delete: { params: { name: string }; body: undefined; answer: undefined }
  /** Apply the rule of retention */
  datasets_retain: { params: { name: string; dry_run?: boolean }; body: undefined; answer: Retained }
  /** Runs that use any version of a dataset */
  datasets_uses: { params: { name: string; limit?: number }; body: undefined; answer: PageDataUse }
  /** Versions of datasets that a run used */
  datasets_uses_of_run: { params: { run_id: string }; body: undefined; answer: PageDataUse }
  /** Aliases of a dataset */
  datasets_list_aliases: { params: { name: string }; body: undefined; answer: PageDataAlias }
  /** How aliases moved */
  datasets_alias_moves: { params: { name: string; alias?: string; limit?: number }; body: undefined; answer: PageAliasChange }
  /** Point an alias to a version */
  datasets_put_alias: { params: { name: string; alias: string }; body: ModelwrightTypesDataAliasSet; answer: DataAlias }
  /** Remove an alias */
  datasets_drop_alias: { params: { name: string; alias: string }; body: undefined; answer: undefined }
  /** List versions */
  "dataset-versions_list_versions": { params: { name: string; before?: number | null; limit?: number }; body: undefined; answer: PageDataVersion }
  /** Make a version */
  "dataset-versions_commit": { params: { name: string }; body: ModelwrightTypesDataVersionCreate; answer: Committed }
  /** A version */
  "dataset-versions_get": { params: { name: string; version: string }; body: undefined; answer: DataVersion }
  /** Change what is said about a version */
  "dataset-versions_update": { params: { name: string; version: string }; body: VersionUpdate; answer: DataVersion }
  /** Remove a version */
  "dataset-versions_delete": { params: { name: string; version: string }; body: undefined; answer: undefined }
  /** What differs between two versions */
  "dataset-versions_diff": { params: { name: string; before: string; after?: string; limit?: number }; body: undefined; answer: DataDiff }
  /** List files of a version */
  "dataset-versions_list_files": { params: { name: string; version: string; prefix?: string; glob?: string; after?: string; limit?: number; deep?: boolean }; body: undefined; answer: PageDataFile }
  /** Download a file */
  "dataset-versions_get_file": { params: { name: string; version: string; path: string }; body: undefined; answer: undefined }
  /** Statistics of a version */
  "dataset-versions_profile": { params: { name: string; version: string }; body: undefined; answer: Profile }
  /** Sampled rows of a version */
  "dataset-versions_rows": { params: { name: string; version: string; table?: string; limit?: number }; body: undefined; answer: Preview }
  /** Runs that use a version, and what pins it */
  "dataset-versions_list_uses": { params: { name: string; version: string; limit?: number }; body: undefined; answer: PageDataUse }
  /** Record that a run uses a version */
  "dataset-versions_put_use": { params: { name: string; version: string }; body: UseCreate; answer: DataVersion }
  /** Read all contents of a version */
  "dataset-versions_verify": { params: { name: string; version: string }; body: undefined; answer: Verified }
  /** Which contents are not stored */
  data_missing: { params: { name: string }; body: BodyInit; answer: undefined }
  /** Store a pack of contents */
  data_store: { params: { name: string }; body: BodyInit; answer: Stored }
  /** The manifest's list of segments */
  data_segments: { params: { name: string; version: string }; body: undefined; answer: undefined }
  /** Fetch contents of a version */
  data_fetch: { params: { name: string; version: string }; body: BodyInit; answer: undefined }
  /** What changed: server-sent events, or a long poll */
  events_follow: { params: { kinds?: string; subject?: string; parent?: string; after?: number | null; wait_s?: number }; body: undefined; answer: EventPage }
  /** Search background jobs */
  jobs_search_jobs: { params: Record<never, never>; body: Search; answer: PageJob }
  /** One background job */
  jobs_get_job: { params: { job_id: string }; body: undefined; answer: Job }
  /** Cancel a background job */
  jobs_cancel_job: { params: { job_id: string }; body: undefined; answer: Job }
  /** What a thing came from, and what came of it */
  lineage_get_graph: { params: { node: string; direction?: string; depth?: number; kinds?: string; origins?: string; limit?: number; fan?: number; columns?: boolean }; body: undefined; answer: Graph }
  /** What breaks if a thing, or a column of it, changes */
  lineage_get_impact: { params: { node: string; column?: string; depth?: number; origins?: string; limit?: number }; body: undefined; answer: Impact }
  /** A shortest way between two things */
  lineage_get_path: { params: { node: string; to?: string }; body: undefined; answer: LineagePath }
  /** Columns that a column came from, and went to */
  lineage_get_columns: { params: { node: string; column?: string; direction?: string; depth?: number; limit?: number }; body: undefined; answer: ColumnGraph }
  /** What is known about the edges between two things */
  lineage_get_edges: { params: { source: string; target: string }; body: undefined; answer: PageEdgeHistory }
  /** Declare edges */
  lineage_declare_edges: { params: Record<never, never>; body: DeclaredEdges; answer: Declared }
  /** Take back a declared edge */
  lineage_retract_edge: { params: { source: string; target: string; origin?: EdgeOrigin }; body: undefined; answer: undefined }
  /** What a reference names in the graph */
  lineage_get_node: { params: { node: string }; body: undefined; answer: Node }
  /** The webhooks and channels of the workspace */
  webhooks_list_webhooks: { params: Record<never, never>; body: undefined; answer: Webhook[] }
  /** Add a webhook or channel */
  webhooks_create_webhook: { params: Record<never, never>; body: WebhookCreate; answer: Webhook }
  /** One webhook */
  webhooks_get_webhook: { params: { webhook_id: string }; body: undefined; answer: Webhook }
  /** Change a webhook */
  webhooks_update_webhook: { params: { webhook_id: string }; body: WebhookUpdate; answer: Webhook }
  /** Remove a webhook */
  webhooks_delete_webhook: { params: { webhook_id: string }; body: undefined; answer: undefined }
  /** Send an example to a webhook now */
  webhooks_test_webhook: { params: { webhook_id: string }; body: TestRequest; answer: WebhookTest }
  /** What was sent */
  webhooks_search_deliveries: { params: { webhook_id: string }; body: Search; answer: PageDelivery }
  /** Create a registered model */
  registry_create: { params: Record<never, never>; body: RegisteredModelCreate; answer: RegisteredModel }
  /** Search models */
  registry_find: { params: Record<never, never>; body: Search; answer: PageRegisteredModel }
  /** Compare two versions */
  registry_compare: { params: { a: string; b: string }; body: undefined; answer: Comparison }
  /** One registered model */
  registry_get: { params: { name: string }; body: undefined; answer: RegisteredModel }
  /** Change a model */
  registry_update: { params: { name: string }; body: RegisteredUpdate; answer: RegisteredModel }
  /** Delete a model */
  registry_delete: { params: { name: string }; body: undefined; answer: undefined }
  /** Rename a model */
  registry_rename: { params: { name: string }; body: Rename; answer: RegisteredModel }
  /** Moves of a model */
  registry_history: { params: { name: string; alias?: string }; body: undefined; answer: PageMove }
  /** The version that an alias means */
  registry_get_alias: { params: { name: string; alias: string }; body: undefined; answer: ModelVersion }
  /** Move an alias */
  registry_set_alias: { params: { name: string; alias: string }; body: ModelwrightTypesRegistryAliasSet; answer: ModelVersion }
  /** Delete an alias */
  registry_delete_alias: { params: { name: string; alias: string; expected?: number | null }; body: undefined; answer: undefined }
  /** Move an alias back */
  registry_rollback: { params: { name: string; alias: string }; body: Expected; answer: ModelVersion }
  /** Make a version */
  model_versions_create: { params: { name: string }; body: ModelwrightTypesRegistryVersionCreate; answer: ModelVersion }
  /** Search versions */
  model_versions_find: { params: Record<never, never>; body: Search; answer: PageModelVersion }
  /** One version */
  model_versions_get: { params: { name: string; version: string }; body: undefined; answer: ModelVersion }
  /** Change a version */
  model_versions_update: { params: { name: string; version: number }; body: RegisteredUpdate; answer: ModelVersion }
  /** Delete a version */
  model_versions_delete: { params: { name: string; version: number }; body: undefined; answer: undefined }
  /** Move a version to a stage */
  model_versions_stage: { params: { name: string; version: number }; body: StageSet; answer: ModelVersion }
  /** List files of a version */
  model_versions_list_files: { params: { name: string; version: number; path?: string }; body: undefined; answer: PageArtifact }
  /** Download a file of a version */
  model_versions_get_file: { params: { name: string; version: number; path: string }; body: undefined; answer: undefined }
  /** Search prompts */
  prompts_find: { params: Record<never, never>; body: Search; answer: PagePrompt }
  /** One prompt */
  prompts_get: { params: { name: string }; body: undefined; answer: Prompt }
  /** Change a prompt */
  prompts_update: { params: { name: string }; body: RegisteredUpdate; answer: Prompt }
  /** Delete a prompt */
  prompts_delete: { params: { name: string }; body: undefined; answer: undefined }
  /** Rename a prompt */
  prompts_rename: { params: { name: string }; body: Rename; answer: Prompt }
  /** Versions of a prompt */
  prompts_list_versions: { params: { name: string }; body: undefined; answer: PagePromptVersion }
  /** Register a version of a prompt */
  prompts_register: { params: { name: string }; body: PromptCreate; answer: PromptVersion }
  /** One version of a prompt */
  prompts_get_version: { params: { name: string; version: string }; body: undefined; answer: PromptVersion }
  /** Change a version of a prompt */
  prompts_update_version: { params: { name: string; version: number }; body: RegisteredUpdate; answer: PromptVersion }
  /** Delete a version of a prompt */
  prompts_delete_version: { params: { name: string; version: number }; body: undefined; answer: undefined }
  /** Compare two versions */
  prompts_diff: { params: { name: string; a: string; b: string }; body: undefined; answer: PromptDiff }
  /** Moves of a prompt */
  prompts_history: { params: { name: string; alias?: string }; body: undefined; answer: PageMove }
  /** The version of a prompt that an alias means */
  prompts_get_alias: { params: { name: string; alias: string }; body: undefined; answer: PromptVersion }
  /** Move an alias of a prompt */
  prompts_set_alias: { params: { name: string; alias: string }; body: ModelwrightTypesRegistryAliasSet; answer: PromptVersion }
  /** Delete an alias of a prompt */
  prompts_delete_alias: { params: { name: string; alias: string; expected?: number | null }; body: undefined; answer: undefined }
  /** Move an alias of a prompt back */
  prompts_rollback: { params: { name: string; alias: string }; body: Expected; answer: PromptVersion }
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
  /** Namespaces that were heard of */
  openlineage_namespaces: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Jobs and datasets of a namespace */
  openlineage_below_namespace: { params: { path: string }; body: undefined; answer: undefined }
  /** Jobs of all namespaces */
  openlineage_jobs: { params: Record<never, never>; body: undefined; answer: undefined }
  /** A run of a job elsewhere */
  openlineage_run: { params: { run_id: string }; body: undefined; answer: undefined }
  /** Facets of a run, or of its job */
  openlineage_run_facets: { params: { run_id: string }; body: undefined; answer: undefined }
  /** The runs that made what a run read */
  openlineage_run_lineage: { params: Record<never, never>; body: undefined; answer: undefined }
  /** The graph of jobs and datasets around one of them */
  openlineage_lineage: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Take in an OpenLineage event (spec 2-0-2) */
  openlineage_take_event: { params: Record<never, never>; body: undefined; answer: undefined }
  /** The graph of columns around a dataset or a column */
  openlineage_column_lineage: { params: Record<never, never>; body: undefined; answer: undefined }
  /** OpenLineage events as they came */
  openlineage_events: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Jobs and datasets elsewhere whose names hold a text */
  openlineage_search: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Tags of jobs and datasets elsewhere */
  openlineage_tags: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Where datasets elsewhere come from */
  openlineage_sources: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Take in many OpenLineage events */
  openlineage_take_events: { params: Record<never, never>; body: undefined; answer: undefined }
  /** Version, settings that matter, state of the storage */
  server_about: { params: Record<never, never>; body: undefined; answer: ServerInfo }
}

export const OPS = {
  access_login_ways: ["GET", "/api/v1/login/ways"],
  access_login: ["POST", "/api/v1/login"],
  access_logout: ["POST", "/api/v1/logout"],
  access_begin_login: ["GET", "/api/v1/login/oidc"],
  access_finish_login: ["GET", "/api/v1/login/oidc/callback"],
  access_me: ["GET", "/api/v1/me"],
  access_list_users: ["GET", "/api/v1/users"],
  access_create_user: ["POST", "/api/v1/users"],
  access_update_user: ["PATCH", "/api/v1/users/{name}"],
  access_delete_user: ["DELETE", "/api/v1/users/{name}"],
  access_list_groups: ["GET", "/api/v1/groups"],
  access_create_group: ["POST", "/api/v1/groups"],
  access_get_group: ["GET", "/api/v1/groups/{name}"],
  access_update_group: ["PATCH", "/api/v1/groups/{name}"],
  access_delete_group: ["DELETE", "/api/v1/groups/{name}"],
  access_join_group: ["PUT", "/api/v1/groups/{name}/members/{user}"],
  access_leave_group: ["DELETE", "/api/v1/groups/{name}/members/{user}"],
  access_list_grants: ["GET", "/api/v1/grants"],
  access_create_grant: ["POST", "/api/v1/grants"],
  access_update_grant: ["PATCH", "/api/v1/grants/{grant_id}"],
  access_delete_grant: ["DELETE", "/api/v1/grants/{grant_id}"],
  access_list_tokens: ["GET", "/api/v1/tokens"],
  access_create_token: ["POST", "/api/v1/tokens"],
  access_rotate_token: ["POST", "/api/v1/tokens/{token_id}:rotate"],
  access_revoke_token: ["DELETE", "/api/v1/tokens/{token_id}"],
  access_list_sessions: ["GET", "/api/v1/sessions"],
  access_end_session: ["DELETE", "/api/v1/sessions/{session_id}"],
  access_end_other_sessions: ["POST", "/api/v1/sessions:end-others"],
  access_list_workspaces: ["GET", "/api/v1/workspaces"],
  access_create_workspace: ["POST", "/api/v1/workspaces"],
  audit_search_audit: ["POST", "/api/v1/audit:search"],
  audit_audit_status: ["GET", "/api/v1/audit/status"],
  audit_verify_audit: ["POST", "/api/v1/audit:verify"],
  audit_audit_checkpoint: ["GET", "/api/v1/audit/checkpoint"],
  audit_audit_checkpoints: ["GET", "/api/v1/audit/checkpoints"],
  audit_prove_inclusion: ["GET", "/api/v1/audit/proof/inclusion"],
  audit_prove_consistency: ["GET", "/api/v1/audit/proof/consistency"],
  audit_audit_keys: ["GET", "/api/v1/audit/keys"],
  audit_rotate_audit_key: ["POST", "/api/v1/audit/keys:rotate"],
  audit_export_audit: ["GET", "/api/v1/audit/export"],
  audit_tile_checkpoint: ["GET", "/api/v1/audit/tiles/checkpoint"],
  audit_tile: ["GET", "/api/v1/audit/tiles/tile/{path}"],
  datasets_list_datasets: ["GET", "/api/v1/datasets"],
  datasets_create: ["POST", "/api/v1/datasets"],
  datasets_search: ["POST", "/api/v1/datasets:search"],
  datasets_get: ["GET", "/api/v1/datasets/{name}"],
  datasets_update: ["PATCH", "/api/v1/datasets/{name}"],
  datasets_delete: ["DELETE", "/api/v1/datasets/{name}"],
  datasets_retain: ["POST", "/api/v1/datasets/{name}:retain"],
  datasets_uses: ["GET", "/api/v1/datasets/{name}/uses"],
  datasets_uses_of_run: ["GET", "/api/v1/runs/{run_id}/datasets"],
  datasets_list_aliases: ["GET", "/api/v1/datasets/{name}/aliases"],
  datasets_alias_moves: ["GET", "/api/v1/datasets/{name}/alias-moves"],
  datasets_put_alias: ["PUT", "/api/v1/datasets/{name}/aliases/{alias}"],
  datasets_drop_alias: ["DELETE", "/api/v1/datasets/{name}/aliases/{alias}"],
  "dataset-versions_list_versions": ["GET", "/api/v1/datasets/{name}/versions"],
  "dataset-versions_commit": ["POST", "/api/v1/datasets/{name}/versions"],
  "dataset-versions_get": ["GET", "/api/v1/datasets/{name}/versions/{version}"],
  "dataset-versions_update": ["PATCH", "/api/v1/datasets/{name}/versions/{version}"],
  "dataset-versions_delete": ["DELETE", "/api/v1/datasets/{name}/versions/{version}"],
  "dataset-versions_diff": ["GET", "/api/v1/datasets/{name}:diff"],
  "dataset-versions_list_files": ["GET", "/api/v1/datasets/{name}/versions/{version}/files"],
  "dataset-versions_get_file": ["GET", "/api/v1/datasets/{name}/versions/{version}/files/{path}"],
  "dataset-versions_profile": ["GET", "/api/v1/datasets/{name}/versions/{version}/profile"],
  "dataset-versions_rows": ["GET", "/api/v1/datasets/{name}/versions/{version}/rows"],
  "dataset-versions_list_uses": ["GET", "/api/v1/datasets/{name}/versions/{version}/uses"],
  "dataset-versions_put_use": ["POST", "/api/v1/datasets/{name}/versions/{version}/uses"],
  "dataset-versions_verify": ["POST", "/api/v1/datasets/{name}/versions/{version}:verify"],
  data_missing: ["POST", "/api/v1/datasets/{name}/contents:missing"],
  data_store: ["POST", "/api/v1/datasets/{name}/packs"],
  data_segments: ["GET", "/api/v1/datasets/{name}/versions/{version}/segments"],
  data_fetch: ["POST", "/api/v1/datasets/{name}/versions/{version}/contents"],
  events_follow: ["GET", "/api/v1/events"],
  jobs_search_jobs: ["POST", "/api/v1/jobs:search"],
  jobs_get_job: ["GET", "/api/v1/jobs/{job_id}"],
  jobs_cancel_job: ["POST", "/api/v1/jobs/{job_id}:cancel"],
  lineage_get_graph: ["GET", "/api/v1/lineage/graph"],
  lineage_get_impact: ["GET", "/api/v1/lineage/impact"],
  lineage_get_path: ["GET", "/api/v1/lineage/path"],
  lineage_get_columns: ["GET", "/api/v1/lineage/columns"],
  lineage_get_edges: ["GET", "/api/v1/lineage/edges"],
  lineage_declare_edges: ["POST", "/api/v1/lineage/edges"],
  lineage_retract_edge: ["DELETE", "/api/v1/lineage/edges"],
  lineage_get_node: ["GET", "/api/v1/lineage/node"],
  webhooks_list_webhooks: ["GET", "/api/v1/webhooks"],
  webhooks_create_webhook: ["POST", "/api/v1/webhooks"],
  webhooks_get_webhook: ["GET", "/api/v1/webhooks/{webhook_id}"],
  webhooks_update_webhook: ["PATCH", "/api/v1/webhooks/{webhook_id}"],
  webhooks_delete_webhook: ["DELETE", "/api/v1/webhooks/{webhook_id}"],
  webhooks_test_webhook: ["POST", "/api/v1/webhooks/{webhook_id}:test"],
  webhooks_search_deliveries: ["POST", "/api/v1/webhooks/{webhook_id}/deliveries:search"],
  registry_create: ["POST", "/api/v1/registered-models"],
  registry_find: ["POST", "/api/v1/registered-models:search"],
  registry_compare: ["GET", "/api/v1/registered-models:compare"],
  registry_get: ["GET", "/api/v1/registered-models/{name}"],
  registry_update: ["PATCH", "/api/v1/registered-models/{name}"],
  registry_delete: ["DELETE", "/api/v1/registered-models/{name}"],
  registry_rename: ["POST", "/api/v1/registered-models/{name}:rename"],
  registry_history: ["GET", "/api/v1/registered-models/{name}/history"],
  registry_get_alias: ["GET", "/api/v1/registered-models/{name}/aliases/{alias}"],
  registry_set_alias: ["PUT", "/api/v1/registered-models/{name}/aliases/{alias}"],
  registry_delete_alias: ["DELETE", "/api/v1/registered-models/{name}/aliases/{alias}"],
  registry_rollback: ["POST", "/api/v1/registered-models/{name}/aliases/{alias}:rollback"],
  model_versions_create: ["POST", "/api/v1/registered-models/{name}/versions"],
  model_versions_find: ["POST", "/api/v1/model-versions:search"],
  model_versions_get: ["GET", "/api/v1/registered-models/{name}/versions/{version}"],
  model_versions_update: ["PATCH", "/api/v1/registered-models/{name}/versions/{version}"],
  model_versions_delete: ["DELETE", "/api/v1/registered-models/{name}/versions/{version}"],
  model_versions_stage: ["POST", "/api/v1/registered-models/{name}/versions/{version}:stage"],
  model_versions_list_files: ["GET", "/api/v1/registered-models/{name}/versions/{version}/files"],
  model_versions_get_file: ["GET", "/api/v1/registered-models/{name}/versions/{version}/files/{path}"],
  prompts_find: ["POST", "/api/v1/prompts:search"],
  prompts_get: ["GET", "/api/v1/prompts/{name}"],
  prompts_update: ["PATCH", "/api/v1/prompts/{name}"],
  prompts_delete: ["DELETE", "/api/v1/prompts/{name}"],
  prompts_rename: ["POST", "/api/v1/prompts/{name}:rename"],
  prompts_list_versions: ["GET", "/api/v1/prompts/{name}/versions"],
  prompts_register: ["POST", "/api/v1/prompts/{name}/versions"],
  prompts_get_version: ["GET", "/api/v1/prompts/{name}/versions/{version}"],
  prompts_update_version: ["PATCH", "/api/v1/prompts/{name}/versions/{version}"],
  prompts_delete_version: ["DELETE", "/api/v1/prompts/{name}/versions/{version}"],
  prompts_diff: ["GET", "/api/v1/prompts/{name}:diff"],
  prompts_history: ["GET", "/api/v1/prompts/{name}/history"],
  prompts_get_alias: ["GET", "/api/v1/prompts/{name}/aliases/{alias}"],
  prompts_set_alias: ["PUT", "/api/v1/prompts/{name}/aliases/{alias}"],
  prompts_delete_alias: ["DELETE", "/api/v1/prompts/{name}/aliases/{alias}"],
  prompts_rollback: ["POST", "/api/v1/prompts/{name}/aliases/{alias}:rollback"],
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
  openlineage_namespaces: ["GET", "/api/v1/namespaces"],
  openlineage_below_namespace: ["GET", "/api/v1/namespaces/{path}"],
  openlineage_jobs: ["GET", "/api/v1/jobs"],
  openlineage_run: ["GET", "/api/v1/jobs/runs/{run_id}"],
  openlineage_run_facets: ["GET", "/api/v1/jobs/runs/{run_id}/facets"],
  openlineage_run_lineage: ["GET", "/api/v1/runlineage/upstream"],
  openlineage_lineage: ["GET", "/api/v1/lineage"],
  openlineage_take_event: ["POST", "/api/v1/lineage"],
  openlineage_column_lineage: ["GET", "/api/v1/column-lineage"],
  openlineage_events: ["GET", "/api/v1/events/lineage"],
  openlineage_search: ["GET", "/api/v1/search"],
  openlineage_tags: ["GET", "/api/v1/tags"],
  openlineage_sources: ["GET", "/api/v1/sources"],
  openlineage_take_events: ["POST", "/api/v1/lineage/batch"],
  server_about: ["GET", "/api/v1/server"],
} as const satisfies Record<keyof Ops, readonly [string, string]>
