// The files of the example that ships with CoderAI; they are fetched when somebody wants to try it.

const ADDRESSES = import.meta.glob<string>("../../../../../examples/public-events/documents/*", {
  query: "?url",
  import: "default",
  eager: true,
});

/** The example's documents. */
export async function exampleFiles(): Promise<File[]> {
  return Promise.all(
    Object.entries(ADDRESSES).map(async ([path, address]) => {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return new File([await answer.blob()], path.slice(path.lastIndexOf("/") + 1));
    }),
  );
}
