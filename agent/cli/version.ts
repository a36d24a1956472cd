// Replaced by the build with the version of package.json.
declare const LAYERLIFT_VERSION: string | undefined;

export const toolVersion = typeof LAYERLIFT_VERSION === 'string' ? LAYERLIFT_VERSION : 'development';
