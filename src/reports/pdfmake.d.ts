/** As much of pdfmake as the report needs; the package comes without types. */
declare module "pdfmake" {
  const pdfmake: {
    addFonts(fonts: {
      readonly [family: string]: { readonly normal: string; readonly bold: string };
    }): void;
    setUrlAccessPolicy(allows: (url: string) => boolean): void;
    setLocalAccessPolicy(allows: (path: string) => boolean): void;
    createPdf(document: object): { getBuffer(): Promise<Uint8Array> };
  };
  export = pdfmake;
}
