/**
 * The quiz actor that every peer runs: one of each class, as a pure function of its state.
 *
 * A student answers questions in order, so what has to be remembered of each is the last one; an
 * answer to that or to an earlier question is not counted again. A repeated id never comes here:
 * each peer gives its first result by the means that it has for that.
 */
export const NEW = { last: {}, counts: [0, 0, 0, 0] };

export function judge(state, { student, question, choice }) {
  if (question <= (state.last[student] ?? -1)) {
    return { next: state, reply: { counted: false, counts: state.counts } };
  }
  const counts = state.counts.with(choice, state.counts[choice] + 1);
  const last = { ...state.last, [student]: question };
  return { next: { last, counts }, reply: { counted: true, counts } };
}
