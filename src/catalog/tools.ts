/** A program that is downloaded during the build, pinned by checksum for each architecture. */
export interface ToolPin {
  readonly version: string;
  readonly binaries: readonly { readonly arch: 'amd64' | 'arm64'; readonly url: string; readonly sha256: string }[];
}

/** Static release binaries of ttyd; the same checksums stand in ten independent public files (FACTS). */
export const TTYD: ToolPin = {
  version: '1.7.7',
  binaries: [
    {
      arch: 'amd64',
      url: 'https://github.com/tsl0922/ttyd/releases/download/1.7.7/ttyd.x86_64',
      sha256: '8a217c968aba172e0dbf3f34447218dc015bc4d5e59bf51db2f2cd12b7be4f55',
    },
    {
      arch: 'arm64',
      url: 'https://github.com/tsl0922/ttyd/releases/download/1.7.7/ttyd.aarch64',
      sha256: 'b38acadd89d1d396a0f5649aa52c539edbad07f4bc7348b27b4f4b7219dd4165',
    },
  ],
};

/** Installed from its crate in a cached stage, so that it fits any toolchain. */
export const CARGO_CHEF_VERSION = '0.1.78';
