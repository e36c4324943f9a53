/** The name of a file in Wazuh's folder of integrations, and a part of the names of the files that it is handed. */
export const SCRIPT_NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
