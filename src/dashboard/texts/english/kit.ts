/** What both dialogs that make a device kit ask. */
export const kit = {
  polling: 'RAUC itself asks the server',
  pollingHint: 'For RAUC 1.16 and later. Otherwise a script of the kit asks, whatever the version.',
  pollingWarning:
    'RAUC calls its own polling a preview, not for products yet: a later RAUC may need another system.conf. With an older RAUC, and where the slots share their system.conf, the script asks all the same.',
};
