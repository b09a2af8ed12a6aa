/** What whoever started the demo can put right: said in one sentence, without a stack. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}
